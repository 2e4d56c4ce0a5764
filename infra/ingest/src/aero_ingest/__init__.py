"""Ingestion in Lambda: doors of files and events, message parsers, gateway. Only the standard library and boto3."""
