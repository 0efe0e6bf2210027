"""Write the model card: what the files in models/ are, how they were made, and what was measured of them."""

def write_card(directory):
    pass
