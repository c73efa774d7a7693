"""Measurements in Prometheus' text format. Few enough that they are written out here, without a registry."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence

BUCKETS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5)


class Histogram:
    """How long something took, in seconds."""

    def __init__(self, buckets: Sequence[float] = BUCKETS) -> None:
        self._buckets = tuple(buckets)
        self._counts = [0] * (len(buckets) + 1)
        self._sum = 0.0

    def observe(self, seconds: float) -> None:
        """Count one."""
        self._counts[bisect_left(self._buckets, seconds)] += 1
        self._sum += seconds

    def lines(self, name: str) -> Iterable[str]:
        """As Prometheus reads it."""
        yield f"# TYPE {name} histogram"
        total = 0
        for limit, count in zip((*map(str, self._buckets), "+Inf"), self._counts, strict=True):
            total += count
            yield f'{name}_bucket{{le="{limit}"}} {total}'
        yield f"{name}_sum {self._sum:.6f}"
        yield f"{name}_count {total}"


def gauge(name: str, values: Mapping[tuple[str, ...], float], labels: Sequence[str] = ()) -> Iterable[str]:
    """A measurement with its values by labels."""
    yield f"# TYPE {name} gauge"
    for key, value in values.items():
        shown = ",".join(f'{label}="{_escaped(text)}"' for label, text in zip(labels, key, strict=True))
        yield f"{name}{{{shown}}} {value:g}" if shown else f"{name} {value:g}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
