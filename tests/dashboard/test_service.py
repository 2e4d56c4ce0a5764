"""The dashboard as a local service: loopback, no statistics, nothing outside the project."""

from aero_assets.environment import PROJECT
from aero_local.services.dashboard import APP, Dashboard, command


def test_the_dashboard_listens_on_loopback_and_reports_to_nobody():
    line = " ".join(command(24000))
    assert "--server.address 127.0.0.1 --server.port 24000 --server.headless true" in line
    assert "--browser.gatherUsageStats false" in line
    assert "--server.fileWatcherType none" in line


def test_the_dashboard_waits_for_the_emulator_and_owns_its_port():
    service = Dashboard()
    assert (service.name, service.depends_on, service.ports) == ("dashboard", ("ministack",), ("dashboard",))
    assert APP.is_file()


def test_no_folder_beside_the_entry_point_is_one_that_streamlit_runs_by_itself():
    assert not (PROJECT / "aero_dashboard" / "pages").exists()
