"""`python -m trialwright.cli`: the same as the command `trialwright`."""

from trialwright.cli.app import main

main()
