"""What a person is told when something cannot be done."""


class Refusal(Exception):
    """A rule says no. The text, one polite Chinese sentence, is the reply; every effect is rolled back."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class StartupError(Exception):
    """The program cannot start; the text says what to change, in one plain Chinese sentence."""
