# SPDX-License-Identifier: GPL-2.0
"""What doctor says of one thing that is wrong."""

from dataclasses import asdict, dataclass, field

from namespace import Namespace


@dataclass(frozen=True)
class Finding:
    """One thing: a name for scripts, what is wrong and what comes of it, and the commands that mend it."""

    id: str
    text: str
    mend: list[str] = field(default_factory=list)
    # The network namespace, None for the first one and for what is of the whole machine.
    namespace: str | None = None

    @classmethod
    def at(cls, place: Namespace, name: str, text: str, *mend: str) -> "Finding":
        """One in a network namespace, where the commands are to be run."""
        return cls(name, text, [place.command(command) for command in mend], place.name)

    def as_json(self) -> dict:
        """For --json."""
        return asdict(self)
