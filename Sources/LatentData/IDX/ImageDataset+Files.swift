import LatentFiles

extension ImageDataset {
  /// Where Debian's package dataset-fashion-mnist puts its files.
  static let fashionMNISTFolder = "/usr/share/datasets/fashion-mnist"

  /// Fashion-MNIST (Xiao, Rasul, Vollgraf: arXiv 1708.07747) as Debian's package dataset-fashion-mnist installs it:
  /// 60,000 images for training, 10,000 for testing, 28x28, ten classes.
  ///
  /// - Throws: ``LatentFiles/DataError/fashionMNISTNotInstalled(folder:)`` if there are no such files; else as
  ///   ``idx(folder:part:place:)``.
  public static func fashionMNIST(_ part: DatasetPart = .training) throws(DataError) -> ImageDataset {
    try fashionMNIST(part, folder: fashionMNISTFolder)
  }

  static func fashionMNIST(_ part: DatasetPart, folder: String) throws(DataError) -> ImageDataset {
    guard hasImages(folder: folder) else { throw .fashionMNISTNotInstalled(folder: folder) }
    return try idx(folder: folder, part: part)
  }

  /// The images in a folder with MNIST's file names: `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`,
  /// `t10k-images-idx3-ubyte`, `t10k-labels-idx1-ubyte`, each plain or with `.gz`. Names with a dot
  /// (`train-images.idx3-ubyte`), with capital letters, or with the name of a data set before them will do, and so will
  /// files in folders of such a name, which Kaggle's archive has.
  ///
  /// Where the training images are missing, the `t10k` files take their place and the provenance says so. Labels may
  /// be missing. Images may be of any size, and of several channels. Known data sets are recognised by their content and named.
  ///
  /// - Parameter place: whether pixels are in memory or stay in their file; labels are always in memory
  /// - Throws: ``LatentFiles/DataError`` if the folder or a file is missing, unreadable or not exactly what its header declares.
  public static func idx(
    folder: String, part: DatasetPart = .training, place: PixelPlace = .bySize
  ) throws(DataError) -> ImageDataset {
    try idx(folder: folder, part: part, place: place, knownFiles: KnownFile.all)
  }

  static func idx(
    folder: String, part: DatasetPart, place: PixelPlace = .bySize, knownFiles: [String: KnownFile]
  ) throws(DataError) -> ImageDataset {
    if FileKind(path: folder) == .file {
      if let foreign = ForeignFile(folder), ![.text, .idx].contains(foreign.kind) {
        throw .anotherFormat(path: folder, help: foreign.help(for: .data))
      }
      throw .notAFolder(folder: folder)
    }
    let examples = try IDXExamples(Reading(), place: place, knownFiles: knownFiles).load(folder: folder, part)
    if let images = examples as? ImageDataset { return images }
    throw .anotherFormat(
      path: folder,
      help: "holds \(examples.shape.plural) of \(examples.shape), and this takes images, whose pixels are bytes")
  }

  /// Whether the folder has images of either part.
  static func hasImages(folder: String) -> Bool {
    let files = IDXFolder(folder)
    return DatasetPart.allCases.contains { files.has($0, .images) }
  }
}

extension DatasetPart {
  var stem: String { self == .training ? "train" : "t10k" }
  var imagesName: String { IDXFile.imagesName(stem) }
  var labelsName: String { IDXFile.labelsName(stem) }
}
