"""What a change of the protocol does to the results of a trial: which patients, and how."""
