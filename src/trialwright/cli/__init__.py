"""The command line: parse, call, write, one line of news."""
