"""The botocore profiles of the local platform: root for bootstrap and deploy, and one role for each process.

The emulator accepts any 12 digits as the key of that account's root, with any secret, so nothing in this file is
secret. It is still kept out of every environment: a process gets the name of a profile, and assumes and refreshes the
role of that profile by itself.
"""

from __future__ import annotations

from aero_assets.environment import LOCAL_ACCOUNT, LOCAL_REGION, Environment

ROOT = "root"
ROLES = (
    "orchestrator",
    "analyst",
    "partner",
    "dashboard",
    "forwarder",
    "flink",
    "player",
    "extract",
    "gateway",
    "repair",
)
PROFILES = (ROOT, *ROLES)


def config(endpoint: str) -> str:
    """Return the text of aws/config for an emulator at `endpoint`."""
    environment = Environment("local")
    common = f"region = {LOCAL_REGION}\nendpoint_url = {endpoint}\n"
    text = (
        f"[profile {ROOT}]\n{common}"
        f"aws_access_key_id = {LOCAL_ACCOUNT}\naws_secret_access_key = unused-by-the-emulator\n"
    )
    for role in ROLES:
        text += (
            f"\n[profile {role}]\n{common}"
            f"role_arn = arn:aws:iam::{LOCAL_ACCOUNT}:role/{environment.role(role)}\n"
            f"source_profile = {ROOT}\nrole_session_name = {role}\nduration_seconds = 3600\n"
        )
    return text
