"""`python -m hotline.cli`: the same as `hotline`, for whoever knows only the Python it is installed for."""

from hotline.cli import main

if __name__ == "__main__":
    main()
