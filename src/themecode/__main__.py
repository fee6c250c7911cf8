"""`python -m themecode`."""

from themecode.cli import main

if __name__ == "__main__":
    main()
