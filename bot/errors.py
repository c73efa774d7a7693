"""What a person is told when something cannot be done."""


class Refusal(Exception):
    """A rule says no. The text, one polite Chinese sentence, is the reply; every effect is rolled back."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class RefusedAnswer(Refusal):
    """A Refusal that came of an answer: the question it answered is closed in the settling transaction."""

    def __init__(self, text: str, question_id: int) -> None:
        super().__init__(text)
        self.question_id = question_id


class Unsettled(Exception):
    """A message of a batch could not be carried out: nothing of its transaction may stay. The cause says why."""

    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.at = at


class StartupError(Exception):
    """The program cannot start; the text says what to change, in one plain Chinese sentence."""
