"""DynamoDB's protocol over tables in memory: a dashboard process reads and writes them with its own client."""

import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from botocore.exceptions import ClientError

from tests.unit.streaming.alert_samples import Line

CALLS = {
    "BatchGetItem": "batch_get_item", "PutItem": "put_item", "Query": "query",
    "TransactWriteItems": "transact_write_items",
}  # fmt: skip
TABLES = ("leg-state", "alerts", "transitions", "event-log", "decisions", "baselines")


@contextmanager
def tables(line: Line) -> Generator[dict[str, str]]:
    """Serve a line's tables on this machine; yield the variables by which a process finds them."""
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.pop("ClientRequestToken", None)
            call = getattr(line.dynamo, CALLS[self.headers["X-Amz-Target"].rpartition(".")[2]])
            with lock:
                status, answer = _answer(call, asked)
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", f"{len(body)}")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield {
            "AWS_ENDPOINT_URL_DYNAMODB": f"http://127.0.0.1:{server.server_port}",
            "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": "nothing",
            **{f"AERO_{name.upper().replace('-', '_')}_TABLE": name for name in TABLES},
        }  # fmt: skip
    finally:
        server.shutdown()
        server.server_close()


def _answer(call: Any, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    try:
        return 200, call(**asked) or {}
    except ClientError as error:
        kind = error.response["Error"]["Code"]
        reasons = error.response.get("CancellationReasons")
        told: dict[str, Any] = {"__type": f"com.amazonaws.dynamodb.v20120810#{kind}", "message": kind}
        return 400, {**told, **({"CancellationReasons": reasons} if reasons else {})}
