"""Where a value stands in a TOML file, for complaints that name file and line: the reader of TOML does not say it."""

from dataclasses import dataclass
from typing import NoReturn


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
        wanted = (at for at in range(begin, end) if lines[at].partition("=")[0].strip(" []").split(".")[0] == name)
        raise self.error(f"{self.file}:{next(wanted, begin) + 1}: {key}: {message}")
