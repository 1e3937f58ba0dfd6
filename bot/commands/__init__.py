"""What an operator types: a file for each group of commands, which print their result alone on stdout."""
