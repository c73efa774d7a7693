"""Make the model file from the labelled messages: `python -m knowledge.train`, the same bytes every time.

scikit-learn and pypinyin are needed here only, not where the model is used.
"""

import hashlib
import json
import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray
from sklearn.svm import LinearSVC

from knowledge import features, intents, normalize, segmenter, shape
from knowledge.features import Sketch, Sketcher
from knowledge.intents import MODEL, Floats, IntentModel, Vocabulary, softmax
from knowledge.normalize import clean
from knowledge.segmenter import LEXICON
from knowledge.shape import Setting

DATA = Path(__file__).parent / "data"
LEAST = {"word": 2, "char": 3, "sound": 3, "class": 2, "role": 3, "quote": 2, "shape": 2}
"""In how many messages a feature must occur, per block."""
CARE = 0.4
"""C of the support vector machines; from 0.3 to 1.0 the difference is noise."""
_CALIBRATION_WRITERS = 3

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Labelled:
    """One message of the corpus; slots and intents as the corpus README defines them."""

    id: str
    text: str
    setting: Setting
    now: datetime
    intent: str
    slots: Mapping[str, object]
    speak: bool

    @property
    def writer(self) -> str:
        """The letter that its id begins with."""
        return self.id[0]


def read_messages(path: Path) -> list[Labelled]:
    """Read a JSONL file of labelled messages."""
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line)
    return [
        Labelled(
            row["id"],
            row["text"],
            Setting(row["chat"], row["mentioned"], row["role"]),
            datetime.fromisoformat(row["now"]),
            row["intent"],
            row["slots"],
            row["speak"],
        )
        for row in rows
    ]


def corpus(directory: Path = DATA) -> list[Labelled]:
    """Read every writer's messages, in the order of the file names."""
    return [row for path in sorted(directory.glob("messages-*.jsonl")) for row in read_messages(path)]


def manifest(directory: Path = DATA) -> str:
    """Hash everything that the model is made of: data, lexicon and the code that reads and trains."""
    paths = [*sorted(directory.glob("messages-*.jsonl")), directory / LEXICON.name]
    paths += [Path(str(module.__file__)) for module in (normalize, segmenter, shape, features, intents)] + [
        Path(__file__)
    ]
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


@cache
def sounds() -> NDArray[np.uint16]:
    """Number the syllable of every Han character, tones off and the pairs that typists confuse made one."""
    import pypinyin

    numbers: dict[str, int] = {}
    table = np.zeros(features.LAST_HAN - features.FIRST_HAN + 1, dtype=np.uint16)
    for index in range(len(table)):
        syllable = pypinyin.lazy_pinyin(chr(features.FIRST_HAN + index))[0]
        syllable = re.sub(r"([aei])ng$", r"\1n", re.sub(r"^([zcs])h", r"\1", syllable))
        table[index] = numbers.setdefault(syllable, len(numbers) + 1)
    return table


def _matrix(vocabulary: Vocabulary, sketches: Iterable[Sketch]) -> sparse.csr_matrix:
    vectors = [vocabulary.vector(sketch.keys) for sketch in sketches]
    ends = np.cumsum([0, *(len(rows) for rows, _ in vectors)])
    columns = np.concatenate([rows for rows, _ in vectors])
    values = np.concatenate([values for _, values in vectors])
    return sparse.csr_matrix((values, columns, ends), shape=(len(vectors), len(vocabulary)))


@dataclass(frozen=True, slots=True)
class Fitted:
    """A linear model: scores = X · weights + biases, one column per class."""

    classes: tuple[str, ...]
    weights: Floats
    biases: Floats


def _fit(matrix: sparse.csr_matrix, labels: Sequence[str], *, jointly: bool = True) -> Fitted:
    """Fit all classes jointly (Crammer and Singer) or each against the rest, which suits the few categories better."""
    strategy = "crammer_singer" if jointly else "ovr"
    machine = LinearSVC(C=CARE, multi_class=strategy, random_state=0, max_iter=3000, tol=1e-2).fit(matrix, labels)
    return Fitted(tuple(machine.classes_), machine.coef_.T.astype(np.float32), machine.intercept_.astype(np.float32))


def _calibrated(scores: Floats, labels: Sequence[int]) -> float:
    """Find the temperature at which the left-out messages are least surprising."""
    rows = np.arange(len(labels))
    steps = np.geomspace(0.05, 1.0, 40)
    surprise = [-np.log(softmax(scores, float(t))[rows, labels] + 1e-9).mean() for t in steps]
    return float(steps[int(np.argmin(surprise))])


def _temperature(rows: Sequence[Labelled], sketches: Sequence[Sketch]) -> float:
    """Leave the first writers out one by one, and calibrate on what the rest says of them."""
    found = []
    for writer in sorted({row.writer for row in rows})[:_CALIBRATION_WRITERS]:
        kept = [i for i, row in enumerate(rows) if row.writer != writer]
        held = [i for i, row in enumerate(rows) if row.writer == writer]
        vocabulary = Vocabulary.of([sketches[i] for i in kept], LEAST)
        fitted = _fit(_matrix(vocabulary, [sketches[i] for i in kept]), [rows[i].intent for i in kept])
        scores = _matrix(vocabulary, [sketches[i] for i in held]) @ fitted.weights + fitted.biases
        found.append(_calibrated(scores, [fitted.classes.index(rows[i].intent) for i in held]))
    return float(np.mean(found))


def train(rows: Sequence[Labelled], temperature: float | None = None) -> IntentModel:
    """Train intents and categories on messages; without a temperature, find one on writers left out."""
    sketcher = Sketcher(sounds())
    sketches = [sketcher.sketch(clean(row.text), row.setting) for row in rows]
    if temperature is None:
        temperature = _temperature(rows, sketches)
    vocabulary = Vocabulary.of(sketches, LEAST)
    matrix = _matrix(vocabulary, sketches)
    by_intent = _fit(matrix, [row.intent for row in rows])
    grouped = [i for i, row in enumerate(rows) if "category" in row.slots]
    by_group = _fit(matrix[grouped], [str(rows[i].slots["category"]) for i in grouped], jointly=False)
    return IntentModel(
        sketcher,
        vocabulary,
        by_intent.classes,
        by_group.classes,
        np.hstack([by_intent.weights, by_group.weights]),
        np.concatenate([by_intent.biases, by_group.biases]),
        temperature,
        manifest(),
    )


def save(model: IntentModel, path: Path = MODEL) -> None:
    """Write the model file; numpy gives every member the same date, so equal models are equal files."""
    np.savez(
        path,
        allow_pickle=False,
        sounds=model.sketcher.sounds,
        keys=model.vocabulary.keys,
        blocks=model.vocabulary.blocks,
        rarity=model.vocabulary.rarity.astype(np.float16),
        intents=np.array(model.intents),
        categories=np.array(model.categories),
        weights=model.weights.astype(np.float16),
        biases=model.biases,
        temperature=np.array(model.temperature),
        manifest=np.array(model.manifest),
    )


def main() -> None:
    """Train on everything and write the model file."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    rows = corpus()
    model = train(rows)
    save(model)
    log.info(
        "%s: %d messages, %d features, temperature %.3f, %.1f MB",
        MODEL.name,
        len(rows),
        len(model.vocabulary),
        model.temperature,
        MODEL.stat().st_size / 1e6,
    )


if __name__ == "__main__":
    main()
