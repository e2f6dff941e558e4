print("vae-train")
