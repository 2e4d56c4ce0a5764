"""Reading registers in TOML, and where a value stands in one: complaints name file and line."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn


def read_toml(path: Path, error: type[ValueError]) -> tuple[str, dict[str, Any]]:
    """Return the text of a file and what it says; raise `error` where it is no TOML."""
    text = path.read_text(encoding="utf-8")
    try:
        return text, tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise error(f"{path.name}: {problem}") from None


@dataclass(frozen=True)
class Place:
    """One table of an array of tables, such as the third `[[rule]]`; the head of the file where `number` is None."""

    file: str
    text: str
    error: type[ValueError]
    table: str
    number: int | None = None

    def refuse(self, key: str, message: str) -> NoReturn:
        """Raise the error of a key, with its line."""
        lines, name = self.text.splitlines(), key.partition(".")[0]
        heads = [number for number, line in enumerate(lines) if line.strip().startswith("[[")]
        starts = [number for number in heads if lines[number].strip() == f"[[{self.table}]]"]
        begin = 0 if self.number is None else starts[self.number]
        end = next((number for number in heads if number > begin), len(lines))
        places = (at for at in range(begin, end) if lines[at].partition("=")[0].strip(" []").split(".")[0] == name)
        raise self.error(f"{self.file}:{next(places, begin) + 1}: {key}: {message}")
