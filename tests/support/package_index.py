"""A package index on this machine: tiny wheels, served with ranges, and cut short where a test wants it."""

import hashlib
import http.server
import threading
import zipfile
from contextlib import contextmanager


def write_wheel(folder, name="tiny", version="1.0", padding=0, tag="py3-none-any"):
    """A wheel of one module; `padding` bytes make it larger."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{version}-{tag}.whl"
    about = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{name}.py", f"VERSION = {version!r}\n")
        wheel.writestr(f"{name}.bin", b"\0" * padding)
        wheel.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{about}/RECORD", f"{name}.py,,\n{name}.bin,,\n{about}/METADATA,,\n{about}/WHEEL,,\n")
    return path


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Index:
    """What a served index was asked, and after how many bytes it hangs up (None: never).

    `together` is a barrier that files wait at; `authorizations` is by path what came with the last request, and
    `links` goes before the addresses of files.
    """

    def __init__(self, folder):
        self.authorizations, self.links = {}, ""
        self.folder, self.ranges, self.cut_after, self.address = folder, [], None, ""
        self.together = None


@contextmanager
def served(folder):
    """An `Index` of the wheels in `folder`; `address` is its simple index."""
    index = Index(folder)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            index.authorizations[self.path] = self.headers.get("Authorization")
            parts = [part for part in self.path.split("/") if part]
            if parts[0] == "simple":
                self._page(parts[1] if len(parts) > 1 else "")
            else:
                self._file(folder / parts[-1])

        def _page(self, name):
            links = [
                f'<a href="{index.links}/files/{path.name}#sha256={sha256(path)}">{path.name}</a>'
                for path in folder.glob("*.whl")
                if path.name.partition("-")[0].replace("_", "-") == name
            ]
            self._answer(200, f"<!DOCTYPE html><html><body>{''.join(links)}</body></html>".encode(), "text/html")

        def _file(self, path):
            data, asked = path.read_bytes(), self.headers.get("Range")
            index.ranges.append(asked)
            if index.together is not None:
                index.together.wait()
            start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
            self._answer(206 if asked else 200, data[start:], "application/zip", index.cut_after)

        def _answer(self, status, data, kind, cut_after=None):
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data[:cut_after])
            self.close_connection = True

        def log_message(self, *_words):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    index.address = f"http://127.0.0.1:{server.server_address[1]}/simple"
    try:
        yield index
    finally:
        server.shutdown()
        server.server_close()
