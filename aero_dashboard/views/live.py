"""Live page: the board of the duty manager. Everything on it is in `aero_dashboard.live`."""

from botocore.exceptions import BotoCoreError

from aero_dashboard.live import page, source


def board() -> source.Live | None:
    """Return the live part of this platform; None where there is none, or no way to it."""
    try:
        return source.current()
    except BotoCoreError:
        return None


page.show(board())
