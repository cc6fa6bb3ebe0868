"""A browser as far as commands need one: pages, forms, files and cookies, over HTTP to this machine alone."""

import http.client
import secrets
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlencode

TIMEOUT = 30.0


class Broken(Exception):
    """No answer came: whether it was done is not known."""


class NotSent(Broken):
    """Nobody was there to be asked."""


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    body: str


class Browser:
    """Cookies, and the token that forms carry. It comes from another address each time, so that no limit of one counts."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, b"", {})

    def post(self, path: str, fields: dict[str, str], files: dict[str, tuple[str, bytes]] | None = None) -> Answer:
        if "csrftoken" not in self.cookies:
            self.get("/signin/")
        fields = {"csrfmiddlewaretoken": self.cookies.get("csrftoken", ""), **fields}
        if not files:
            body = urlencode(fields).encode()
            return self._ask("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})
        edge = secrets.token_hex(12)
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        ]
        for name, (filename, content) in files.items():
            head = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n\r\n'
            parts.append(head.encode() + content + b"\r\n")
        body = b"".join([*parts, f"--{edge}--\r\n".encode()])
        return self._ask("POST", path, body, {"Content-Type": f"multipart/form-data; boundary={edge}"})

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        place = f"https://127.0.0.1:{self.port}{path}"
        address = ".".join(str(secrets.randbelow(254) + 1) for _ in range(4))
        told = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Referer": place,
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": address,
            **headers,
        }
        try:
            connection.connect()
        except OSError as error:
            raise NotSent(str(error)) from error
        try:
            connection.request(method, path, body=body, headers=told)
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
            for line in answer.headers.get_all("Set-Cookie") or []:
                for name, morsel in SimpleCookie(line).items():
                    self.cookies[name] = morsel.value
            return Answer(answer.status, answer.headers.get("Location") or "", text)
        except (OSError, http.client.HTTPException) as error:
            raise Broken(str(error)) from error
        finally:
            connection.close()

    def sign_in(self, username: str, password: str) -> None:
        """Raises ``Broken`` where that is not what the server takes."""
        answer = self.post("/signin/", {"username": username, "password": password})
        if answer.status != 302:
            raise Broken(f"sign-in answered {answer.status}")
