"""The house: a room imports only from rooms before it in the flow, and from the top level of its package."""

import ast
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
ROOMS = [
    "sources",
    "raw",
    "typed",
    "catalog",
    "warehouse",
    "published",
    "streaming",
    "alerts",
    "opportunities",
    "schedules",
]
#: raw/sensors.py asks for the job of the next room: a sensor stands between two rooms and knows both.
DOORS_BETWEEN = {("raw", "typed", "sensors.py")}
PACKAGES = {
    "aero_assets": {"aero_assets", "aero_ingest", "aero_streaming"},
    "aero_dashboard": {"aero_assets", "aero_dashboard", "aero_streaming"},
    "aero_local": {"aero_assets", "aero_extract", "aero_ingest", "aero_local", "aero_streaming", "infra"},
    "infra/extract/src/aero_extract": {"aero_extract"},
    "infra/ingest/src/aero_ingest": {"aero_ingest", "aero_streaming"},
    "infra/streaming/src/aero_streaming": {"aero_streaming"},
}
OURS = {"aero_assets", "aero_dashboard", "aero_extract", "aero_local", "aero_ingest", "aero_streaming", "infra"}


class Imports(ast.NodeVisitor):
    """Collects what a module imports when it runs; imports for the type checker alone do not count."""

    def __init__(self) -> None:
        self.found: set[str] = set()

    def visit_If(self, node: ast.If) -> None:
        if not (isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"):
            self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        self.found |= {alias.name for alias in node.names}

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if node.module and not node.level:
            self.found.add(node.module)


def imports(path: Path) -> set[str]:
    visitor = Imports()
    visitor.visit(ast.parse(path.read_text(encoding="utf-8")))
    return visitor.found


def modules(folder: str) -> list[Path]:
    return sorted((PROJECT / folder).rglob("*.py"))


@pytest.mark.parametrize("path", modules("aero_assets/defs"), ids=lambda path: f"{path.relative_to(PROJECT)}")
def test_a_room_imports_only_from_rooms_before_it(path):
    parts = path.relative_to(PROJECT / "aero_assets" / "defs").parts
    own = parts[0].removesuffix(".py")
    for module in imports(path):
        if module.startswith("aero_assets.defs."):
            other = module.split(".")[2]
            allowed = own == other or (own, other, parts[-1]) in DOORS_BETWEEN
            assert allowed or ROOMS.index(other) < ROOMS.index(own), f"{own} imports {module}"


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_imports_only_what_is_deployed_with_it(package):
    for path in modules(package):
        for module in imports(path):
            top = module.split(".")[0]
            assert top not in OURS or top in PACKAGES[package], f"{path.relative_to(PROJECT)} imports {module}"


def test_the_register_knows_no_orchestrator():
    for path in modules("aero_assets/feeds"):
        assert not any(module.startswith("dagster") for module in imports(path)), path


def test_code_that_runs_in_lambda_needs_nothing_but_the_standard_library_and_boto3():
    import sys

    allowed = sys.stdlib_module_names | {"boto3", "botocore", "aero_ingest", "aero_streaming"}
    in_flink = PROJECT / "infra/streaming/src/aero_streaming/flink/main.py"
    # Its zip brings a client along, see `infra/package.py`; nobody else imports it.
    in_gateway = PROJECT / "infra/ingest/src/aero_ingest/gateway_kafka.py"
    for path in [*modules("infra/ingest/src"), *modules("infra/streaming/src")]:
        known = allowed | {in_flink: {"pyflink"}, in_gateway: {"kafka"}}.get(path, set())
        for module in imports(path):
            assert module.split(".")[0] in known, f"{path.relative_to(PROJECT)} imports {module}"


def test_every_module_says_what_belongs_in_it():
    for folder in ("aero_assets", "aero_dashboard", "aero_local", "infra", "tests", "bench", "proof", "tools"):
        for path in modules(folder):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            assert ast.get_docstring(tree) or not tree.body, path.relative_to(PROJECT)


def test_no_file_is_longer_than_it_can_be_read():
    for folder in ("aero_assets", "aero_dashboard", "aero_local", "infra", "tests", "bench", "proof", "tools"):
        for path in modules(folder):
            assert len(path.read_text(encoding="utf-8").splitlines()) <= 300, path.relative_to(PROJECT)
