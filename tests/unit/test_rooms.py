"""The house: who may import from whom. Packages stand on floors, rooms of `defs` in the order of the flow."""

import ast
from graphlib import TopologicalSorter
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
    "schedules",
]
STREAMING, INGEST, EXTRACT = (f"infra/{room}/src/aero_{room}" for room in ("streaming", "ingest", "extract"))
#: The house from the ground floor up: each room and those it may import from.
FLOORS = {
    STREAMING: set(),
    INGEST: {"aero_streaming"},
    EXTRACT: set(),
    "infra": set(),
    "aero_assets": {"aero_ingest", "aero_streaming"},
    "aero_dashboard": {"aero_assets", "aero_streaming"},
    "aero_airline": {"aero_assets", "aero_ingest", "aero_streaming"},
    "aero_local": {"aero_airline", "aero_assets", "aero_extract", "aero_ingest", "aero_streaming", "infra"},
    "aero_drills": {"aero_airline", "aero_assets", "aero_ingest", "aero_local", "aero_streaming"},
    "aero_cli": {"aero_airline", "aero_assets", "aero_drills", "aero_ingest", "aero_local", "aero_streaming", "infra"},
    "tools": {"aero_assets", "aero_streaming"},
}
OURS = {Path(room).name for room in FLOORS}
EVERYWHERE = (*FLOORS, "bench", "proof", "tests")


class Imports(ast.NodeVisitor):
    """Collects what a module imports, inside of functions too; imports for the type checker alone do not count."""

    def __init__(self) -> None:
        self.modules: set[str] = set()
        self.names: set[str] = set()

    def visit_If(self, node: ast.If) -> None:
        if not (isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"):
            self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        self.modules |= {alias.name for alias in node.names}

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if node.module and not node.level:
            self.modules.add(node.module)
            self.names |= {f"{node.module}.{alias.name}" for alias in node.names}


def visited(path: Path) -> Imports:
    visitor = Imports()
    visitor.visit(ast.parse(path.read_text(encoding="utf-8")))
    return visitor


def imports(path: Path) -> set[str]:
    return visited(path).modules


def modules(room: str) -> list[Path]:
    """Return the files of a room; packages that are deployed from inside `infra` are rooms of their own."""
    return sorted(path for path in (PROJECT / room).rglob("*.py") if room != "infra" or "src" not in path.parts)


def name_of(path: Path) -> str:
    parts = path.relative_to(PROJECT).with_suffix("").parts
    parts = parts[parts.index("src") + 1 :] if "src" in parts else parts
    return ".".join(parts).removesuffix(".__init__")


@pytest.mark.parametrize("path", modules("aero_assets/defs"), ids=lambda path: f"{path.relative_to(PROJECT)}")
def test_a_room_imports_only_from_rooms_before_it(path):
    parts = path.relative_to(PROJECT / "aero_assets" / "defs").parts
    own = parts[0].removesuffix(".py")
    for module in imports(path):
        if module.startswith("aero_assets.defs."):
            other = module.split(".")[2]
            assert own == other or ROOMS.index(other) < ROOMS.index(own), f"{own} imports {module}"


@pytest.mark.parametrize("room", FLOORS)
def test_a_room_imports_from_the_floors_below_it(room):
    allowed = {Path(room).name} | FLOORS[room]
    for path in modules(room):
        for module in imports(path):
            top = module.split(".")[0]
            assert top not in OURS or top in allowed, f"{path.relative_to(PROJECT)} imports {module}"


def test_the_floors_are_in_order():
    below: set[str] = set()
    for room, allowed in FLOORS.items():
        assert allowed <= below, f"{room} imports from a floor that is not below it"
        below.add(Path(room).name)


def test_no_modules_import_each_other_in_a_circle_not_even_lazily():
    files = {name_of(path): path for room in FLOORS for path in modules(room)}
    graph: dict[str, set[str]] = {}
    for name, path in files.items():
        seen = visited(path)
        graph[name] = {module for module in seen.modules | seen.names if module in files} - {name}
        # A name that a package offers is no import of the package's own module where it is a module itself.
        graph[name] -= {
            module for module in seen.modules if any(imported.startswith(f"{module}.") for imported in graph[name])
        }
    list(TopologicalSorter(graph).static_order())


def test_the_register_knows_no_orchestrator():
    for path in modules("aero_assets/feeds"):
        assert not any(module.startswith("dagster") for module in imports(path)), path


def test_code_that_runs_in_lambda_needs_nothing_but_the_standard_library_and_boto3():
    import sys

    allowed = sys.stdlib_module_names | {"boto3", "botocore", "aero_ingest", "aero_streaming"}
    in_flink = PROJECT / "infra/streaming/src/aero_streaming/flink/main.py"
    # The gateway's zip brings these along, see `infra/package.py`; nobody else imports them.
    in_gateway = PROJECT / "infra/ingest/src/aero_ingest/gateway_kafka.py"
    in_aidx = PROJECT / "infra/ingest/src/aero_ingest/aidx.py"
    for path in [*modules("infra/ingest/src"), *modules("infra/streaming/src")]:
        known = allowed | {in_flink: {"pyflink"}, in_gateway: {"kafka"}, in_aidx: {"defusedxml"}}.get(path, set())
        for module in imports(path):
            assert module.split(".")[0] in known, f"{path.relative_to(PROJECT)} imports {module}"


def test_every_module_says_what_belongs_in_it():
    for room in EVERYWHERE:
        for path in modules(room):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            assert ast.get_docstring(tree) or not tree.body, path.relative_to(PROJECT)


def test_no_file_is_longer_than_it_can_be_read():
    for room in EVERYWHERE:
        for path in modules(room):
            assert len(path.read_text(encoding="utf-8").splitlines()) <= 300, path.relative_to(PROJECT)
