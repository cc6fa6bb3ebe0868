"""``./luoshi serve``: pages, jobs and sealing together, for daily use."""

from argparse import Namespace

from luoshi.commands.chinese import Parser
from luoshi.commands.frame import set_up
from luoshi.commands.serving import port_number, serve

NAME = "serve"
HELP = "正式运行：网页、后台任务和封存一起"


def arguments(parser: Parser) -> None:
    parser.add_argument("--host", default="0.0.0.0", help="在哪个地址上等人访问（不写：这台机器的所有地址）")  # noqa: S104 - an office's own network has to reach it
    parser.add_argument("--port", type=port_number, default=8000, help="端口（不写：8000）")


def run(options: Namespace) -> int:
    set_up()
    from luoshi.core.org import queries as org
    from luoshi.web.firstrun import token

    words: list[str] = []

    def ready(address: str) -> None:
        print(f"落实已运行：{address}　按 Ctrl-C 停止。", flush=True)
        if options.host in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
            print("别的电脑请用这台机器的地址访问。", flush=True)
        for word in words:
            print(f"这里还没有乡镇：请打开 {address}start/，启动口令 {word}", flush=True)

    def prepare() -> None:
        if not org.towns().exists():
            words.append(token())

    return serve(options.host, options.port, ready=ready, prepare=prepare)
