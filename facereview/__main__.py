"""``python -m facereview``."""

from facereview.cli import main

if __name__ == "__main__":
    main()
