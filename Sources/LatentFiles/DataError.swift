/// What is wrong with a data source: one line that names the file or folder and says what to do.
public enum DataError: Error, Equatable, Sendable {
  /// There is nothing at this path.
  case folderNotFound(folder: String)
  /// The path leads to a file.
  case notAFolder(folder: String)
  /// It is of another kind: what, and what to do.
  case anotherFormat(path: String, help: String)
  /// The folder has no images, but one inside of it has.
  case imagesBelow(folder: String, found: String)
  /// The folder has images of more than one data set.
  case severalSets(folder: String, names: [String])
  /// The folder has none of these files, neither plain nor compressed.
  case imagesNotFound(folder: String, names: [String])
  /// The package with Fashion-MNIST is not there.
  case fashionMNISTNotInstalled(folder: String)
  /// The system refuses to read the file.
  case unreadable(file: String, reason: String)
  /// The file does not start as an IDX file does.
  case notIDX(file: String)
  /// The IDX file holds elements of a type that IDX does not have.
  case elementType(file: String, code: UInt8)
  /// Not the number of dimensions of a file of this kind.
  case dimensions(file: String, expected: Int, found: Int)
  /// A size is zero, or the product is more than any file has.
  case sizes(file: String, sizes: [Int])
  /// The content ends before the `declared` bytes of header and elements.
  case tooShort(file: String, declared: Int, found: Int)
  /// Bytes follow the `declared` bytes of header and elements.
  case tooLong(file: String, declared: Int)
  /// What a compressed file declares is too much for memory, in which such files are unpacked.
  case gzipTooLarge(file: String, bytes: Int)
  /// The compressed file ends in the middle.
  case gzipTruncated(file: String)
  /// The compressed data or its checksum is wrong.
  case gzipCorrupt(file: String, reason: String)
  /// The compressed data have ended too early, and something else follows.
  case gzipTrailingBytes(file: String)
  /// There must be one label for each image.
  case labelCount(file: String, labels: Int, images: Int)
  /// The labels belong to a known data set, the images to another.
  case labelsOfAnotherSet(file: String, labels: String, images: String)
  /// The file was written to while it was in use.
  case changed(file: String)
  /// The system has no memory for the elements.
  case outOfMemory(file: String, bytes: Int)
}

extension DataError: CustomStringConvertible {
  /// What data are read from, in advice.
  package static let sources =
    "a .csv, .npy, .npz, .safetensors or IDX file, or a folder of tables, pictures or IDX files"

  /// One line for people.
  public var description: String {
    switch self {
    case .folderNotFound(let folder):
      "no file or folder \(quoted(folder)): give \(Self.sources)"
    case .notAFolder(let folder):
      "\(quoted(folder)) is not a folder: give the folder that holds the IDX files"
    case .anotherFormat(let path, let help): "\(quoted(path)) \(oneLine(help))"
    case .imagesBelow(let folder, let found):
      "no IDX images in \(quoted(folder)) itself, but in \(quoted(found)): give that folder"
    case .severalSets(let folder, let names):
      "\(quoted(folder)) has images of several data sets, \(names.prefix(4).map { quoted($0) }.joined(separator: ", ")): "
        + "give a folder of one"
    case .imagesNotFound(let folder, let names):
      "no \(names.joined(separator: " or ")) (plain or .gz) in \(quoted(folder)): give a folder that has it"
    case .fashionMNISTNotInstalled(let folder):
      "no Fashion-MNIST in \(quoted(folder)): install the package dataset-fashion-mnist, or give data of your own"
    case .unreadable(let file, let reason):
      "cannot read \(quoted(file)): \(reason)"
    case .notIDX(let file):
      "\(quoted(file)) is not an IDX file, which starts with two zero bytes: replace it"
    case .elementType(let file, let code):
      "\(quoted(file)) holds elements of IDX type 0x\(code < 16 ? "0" : "")\(String(code, radix: 16)); "
        + "there are 0x08, 0x09, and 0x0b to 0x0e: the file is damaged"
    case .dimensions(let file, let expected, let found):
      "\(quoted(file)) has \(found) \(found == 1 ? "dimension" : "dimensions"), "
        + (expected == 3 ? "images have 3 (count, height, width) or 4 with channels" : "labels have 1 (count)")
        + (expected == 3 && found == 1
          ? ": it looks like a labels file" : expected == 1 && found == 3 ? ": it looks like an images file" : "")
    case .sizes(let file, let sizes):
      "\(quoted(file)) declares \(sizes.map(String.init).joined(separator: " x ")) elements; each size must be at least "
        + "1 and their bytes at most \(IDXFile.mostBytes): the file is damaged"
    case .tooShort(let file, let declared, let found):
      "\(quoted(file)) ends after \(found) of \(declared) bytes: the file is cut off, fetch it again"
    case .tooLong(let file, let declared):
      "\(quoted(file)) continues after the \(declared) bytes that its header declares: the file is damaged"
    case .gzipTooLarge(let file, let bytes):
      "\(quoted(file)) declares \(bytes) bytes, and no more than \(IDXFile.mostUnpacked) are unpacked into memory: unpack "
        + "it with gunzip, and its images are read as they are needed"
    case .gzipTruncated(let file):
      "\(quoted(file)) is a gzip file that ends too early: fetch it again"
    case .gzipCorrupt(let file, let reason):
      "\(quoted(file)) is a damaged gzip file (\(reason)): fetch it again"
    case .gzipTrailingBytes(let file):
      "\(quoted(file)) has other bytes where more gzip data should be: fetch it again"
    case .labelCount(let file, let labels, let images):
      "\(quoted(file)) has \(labels) labels for \(images) images: give the labels of these images, or none"
    case .labelsOfAnotherSet(let file, let labels, let images):
      "\(quoted(file)) has the \(labels), but the images are the \(images): give the labels of these images, or none"
    case .changed(let file):
      "\(quoted(file)) was written to while it was in use: leave data as they are until the program has ended"
    case .outOfMemory(let file, let bytes):
      "no memory for the \(bytes) bytes of \(quoted(file)): unpack it where it is compressed, so that images are read as "
        + "they are needed, or use a larger machine"
    }
  }
}

/// A path in quotes on one line, whatever is in its name.
package func quoted(_ path: String) -> String {
  "'" + oneLine(path) + "'"
}

/// The text with control characters shown as question marks.
package func oneLine(_ text: String) -> String {
  String(String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? "?" : $0 }))
}

private func isControl(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.properties.generalCategory {
  case .control, .lineSeparator, .paragraphSeparator: true
  default: false
  }
}
