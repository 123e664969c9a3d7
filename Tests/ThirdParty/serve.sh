#!/usr/bin/env bash
# Starts the third-party authorization server (README.md beside this file); every argument goes to serve.py.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
venv=${ADVAULT_THIRDPARTY_VENV:-$here/../../.build/thirdparty-venv}
python=$("$here/../venv.sh" "$here/requirements.txt" "$venv")
# Not in the source tree: no byte code, and nothing of the caller's Python.
exec env -u PYTHONPATH -u PYTHONHOME PYTHONDONTWRITEBYTECODE=1 "$python" "$here/serve.py" "$@"
