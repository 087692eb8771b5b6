"""Orders tea from a deployed stack; API_URL comes from its outputs."""

from __future__ import annotations

import json
import os
import urllib.request

url = os.environ["API_URL"].rstrip("/") + "/orders"
body = json.dumps({"item": "tea"}).encode()
request = urllib.request.Request(url, data=body, headers={"Content-Type": "application/json"}, method="POST")
with urllib.request.urlopen(request, timeout=10) as answer:
    assert answer.status == 202, f"{url} answers {answer.status}"
print(f"{url} takes orders")
