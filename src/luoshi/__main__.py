"""``python -m luoshi COMMAND …``: what the launcher hands over to."""

import sys

from luoshi.commands.frame import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
