"""Many blocks of virtual trials, in processes, on a cluster or as shards: always the same bytes."""
