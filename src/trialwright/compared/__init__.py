"""Results of one trial derived twice, put side by side: subject by subject, and estimates."""
