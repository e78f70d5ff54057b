"""`make bench`: what the production server costs, as a ratio to a bare Flask route of the same size in the same run."""
