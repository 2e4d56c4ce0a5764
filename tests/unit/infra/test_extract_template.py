"""Properties of the database and of the job that the emulator cannot show are tested on the text of the template."""

from aero_extract import windows
from infra.extract_code import extract_package, extract_script
from tests.unit.infra import rules
from tests.unit.infra.rendered import resources


def only(kind, env="prod"):
    [found] = [resource for resource in resources(env) if resource.kind == kind and resource.stack == "extract"]
    return found


def test_the_database_stands_in_two_zones_encrypted_and_closed_to_the_world():
    database = only("AWS::RDS::DBInstance").properties
    assert (database["MultiAZ"], database["StorageEncrypted"], database["PubliclyAccessible"]) == (True, True, False)
    assert database["DeletionProtection"]
    assert database["BackupRetentionPeriod"] >= 7


def test_no_password_of_the_database_is_written_by_us():
    database = only("AWS::RDS::DBInstance").properties
    assert database["ManageMasterUserPassword"]
    assert "MasterUserPassword" not in database
    secret = only("AWS::SecretsManager::Secret").properties
    assert "SecretString" not in secret
    assert secret["GenerateSecretString"]["PasswordLength"] >= 32


def test_statements_with_their_values_reach_no_log_and_every_connection_is_tls():
    parameters = only("AWS::RDS::DBParameterGroup").properties["Parameters"]
    assert (parameters["log_statement"], parameters["log_min_error_statement"]) == ("none", "panic")
    assert parameters["rds.force_ssl"] == "1"
    assert "sslmode=require" in only("AWS::Glue::Job").properties["DefaultArguments"]["--jdbc-url"]


def test_a_transaction_ends_before_the_overlap_of_the_windows_does():
    parameters = only("AWS::RDS::DBParameterGroup").properties["Parameters"]
    assert int(parameters["transaction_timeout"]) < windows.OVERLAP_MINUTES * 60_000


def test_the_job_names_its_version_its_end_and_no_second_run_beside_it():
    job = only("AWS::Glue::Job").properties
    assert job["GlueVersion"] == "5.1"
    assert job["Timeout"] == 60
    assert job["ExecutionProperty"] == {"MaxConcurrentRuns": 1}
    assert job["MaxRetries"] == 0


def test_the_job_gets_every_argument_that_does_not_depend_on_the_window():
    given = set(only("AWS::Glue::Job").properties["DefaultArguments"])
    assert {"--raw-path", "--jdbc-url", "--secret-id", "--extra-py-files"} <= given
    assert not any("password" in argument.lower() for argument in given)


def test_the_script_and_the_zip_are_what_the_laptop_runs():
    assert b"from aero_extract import" in extract_script().data
    assert extract_script().key == extract_script().key
    assert extract_package().key.startswith("_code/aero_extract-")


def test_without_a_network_there_is_only_the_role_and_its_secret():
    kinds = {resource.kind for resource in resources("local") if resource.stack == "extract"}
    assert kinds == {"AWS::IAM::Role", "AWS::SecretsManager::Secret"}


def test_the_role_deletes_nothing():
    [role] = [
        role_of_stack
        for role_of_stack in rules.of_kind(resources(), "AWS::IAM::Role")
        if role_of_stack.stack == "extract"
    ]
    actions = {action for statement in rules.statements(role) for action in rules.as_list(statement["Action"])}
    assert not [action for action in actions if action.startswith("s3:Delete")]
