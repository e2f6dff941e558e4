/// What the labels of a known data set stand for, by their numbers: the kinds of clothing of Fashion-MNIST, as its authors
/// name them. Nil for all others.
package func knownClassNames(of name: String) -> [String]? {
  guard name == "Fashion-MNIST" else { return nil }
  return [
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
  ]
}
