extension Dataset {
  /// What the labels stand for, by their numbers, where that is known: the kinds of clothing of Fashion-MNIST, as its
  /// authors name them. Nil for all others.
  public var classNames: [String]? {
    guard name == "Fashion-MNIST" else { return nil }
    return [
      "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
    ]
  }
}
