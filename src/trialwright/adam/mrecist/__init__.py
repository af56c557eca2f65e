"""mRECIST rows of ADTR and ADRS."""
