"""Runs MiniStack (settings come from the environment) until standard input closes, then ends the whole process group.

Whoever starts this holds the other end of standard input, so nothing outlives a killed test run: neither MiniStack nor
the Node processes that it starts for functions.

Two things that MiniStack 1.5.33 does not do are added before it starts; notes.txt says them to whoever reads the results.
"""

import contextvars
import json
import os
import signal
import sys
import threading

from ministack.app import main
from ministack.core import iam_actions
from ministack.services import apigateway

_request_tag_context = iam_actions.request_tag_context
_run_reentrant = apigateway.run_reentrant
_authorize_request_v2 = apigateway._authorize_request_v2


def _with_encryption_context(service, iam_action, body, params):
    """Adds KMS's condition keys for the encryption context, without which a statement that asks for it refuses all."""
    context = dict(_request_tag_context(service, iam_action, body, params))
    if service == "kms":
        encryption_context = json.loads(body or b"{}").get("EncryptionContext") or {}
        context["kms:EncryptionContextKeys"] = list(encryption_context)
        for name, value in encryption_context.items():
            context[f"kms:EncryptionContext:{name}"] = value
    return context


class _Unauthorized(Exception):
    """An HTTP API's authorizer threw exactly this."""


_in_http_authorization = contextvars.ContextVar("in_http_authorization", default=False)


async def _run_authorizer(fn, *args, **options):
    result = await _run_reentrant(fn, *args, **options)
    if _in_http_authorization.get() and result and result.get("error"):
        body = result.get("body")
        if isinstance(body, dict) and body.get("errorMessage") == "Unauthorized":
            raise _Unauthorized
    return result


async def _authorize_with_401(*args, **options):
    """Answers 401 where an HTTP API's authorizer throws `Unauthorized`, as MiniStack's REST API does; all else as it is."""
    reset = _in_http_authorization.set(True)
    try:
        return await _authorize_request_v2(*args, **options)
    except _Unauthorized:
        return (401, {"Content-Type": "application/json"}, b'{"message":"Unauthorized"}'), None
    finally:
        _in_http_authorization.reset(reset)


def _end_with_parent():
    sys.stdin.buffer.read()
    os.killpg(os.getpid(), signal.SIGKILL)


if os.getpgid(0) != os.getpid():
    sys.exit("launch.py: start it as the leader of a process group of its own, which it will end")
iam_actions.request_tag_context = _with_encryption_context
apigateway.run_reentrant = _run_authorizer
apigateway._authorize_request_v2 = _authorize_with_401
threading.Thread(target=_end_with_parent, daemon=True).start()
sys.argv = ["ministack"]
main()
