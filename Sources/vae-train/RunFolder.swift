import LatentCommand
import LatentData
import LatentReport

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The folder that a run's results go to. Making it finds out, before any work, whether they can.
struct RunFolder {
  /// The files of a run, in the order in which people look at them.
  enum File: String, CaseIterable {
    case config = "config.json"
    case history = "history.csv"
    case historyLines = "history.jsonl"
    case measures = "measures.csv"
    case digests = "digests.csv"
    case model = "model.safetensors"
    case best = "best.safetensors"
    case reconstructions = "reconstructions.png"
    case samples = "samples.png"
    case interpolation = "interpolation.png"
    case traversal = "traversal.png"
    case manifold = "manifold.png"
    case scatter = "scatter.png"
    case kl = "kl.png"
    case epochs = "epochs.png"
    case curves = "curves.svg"
    case page = "report.html"

    /// What it is, for people.
    var explanation: String {
      switch self {
      case .config: "settings, versions, data and results"
      case .history: "losses and times of each epoch"
      case .historyLines: "the same, a line of JSON for each epoch"
      case .measures: "what --measure found after each epoch"
      case .digests: "checksums of the weights after each step, for vae-train compare"
      case .model: "the trained weights"
      case .best: "the weights of the best epoch"
      case .reconstructions, .samples, .interpolation, .traversal, .manifold, .scatter, .kl, .curves:
        kind?.explanation ?? ""
      case .epochs: "reconstructions after each epoch (animated)"
      case .page: "all of it on one page, with the decoder to play with"
      }
    }

    /// The picture that it holds; nil where it is none of a model or run.
    var kind: PictureKind? {
      switch self {
      case .curves: .curves
      default: rawValue.hasSuffix(".png") ? PictureKind(rawValue: String(rawValue.dropLast(4))) : nil
      }
    }

    /// What a page says of it, where it is a picture.
    var picture: (title: String, caption: String, alternative: String)? {
      switch self {
      case .reconstructions:
        (
          "Reconstructions", "Images, each above what the model makes of it.",
          "Rows of images, each above its reconstruction by the model"
        )
      case .samples:
        (
          "Samples", "Decoded from random points of the prior.",
          "Ten rows of ten images decoded from random latent points"
        )
      case .interpolation:
        (
          "Interpolation", "On the way from one image's code to another's.",
          "Rows of decoded images that change step by step from one image to another"
        )
      case .traversal:
        (
          "Traversal", "What each latent dimension does: one row for each, the others at 0.",
          "A row of decoded images for each latent dimension"
        )
      case .manifold:
        (
          "Manifold", "The whole latent plane, decoded at the quantiles of the prior.",
          "A grid of decoded images that covers the latent plane"
        )
      case .scatter:
        (
          "Codes", "Where images lie in the latent space, by class.", "A scatter plot of the images' codes by class"
        )
      case .kl:
        (
          "KL divergence", "What each latent dimension says about an image.",
          "Bars of the KL divergence of each latent dimension"
        )
      case .epochs:
        (
          "Epochs", "How reconstructions became what they are.",
          "An animation of images above their reconstructions after each epoch"
        )
      case .config, .history, .historyLines, .measures, .digests, .model, .best, .curves, .page: nil
      }
    }
  }

  /// The folder, as the user named it.
  private(set) var path: String
  /// Folders that were not there before, the outermost first.
  private var created: [String] = []

  /// A folder that exists afterwards and takes files.
  ///
  /// - Parameters:
  ///   - path: nil for a new one in `runs`, named by the time
  ///   - force: whether results in the folder may be replaced
  /// - Throws: ``Failure`` where it holds something, or cannot be made or written to; nothing has changed then.
  init(path: String?, force: Bool) throws(Failure) {
    self.path = path ?? ""
    if let path {
      try make(path)
      try checkContents(force: force)
    } else {
      try make("runs")
      self.path = try makeNew("runs/" + LocalTime.now.fileName)
    }
    try lock()
    try checkWriting()
  }

  /// Removes the folders that were made, if nothing has been put into them.
  func removeIfEmpty() {
    for folder in created.reversed() { rmdir(folder) }
  }

  /// Removes the results of an earlier run, which a new one replaces: none of them may be taken for its own.
  func removeResults() {
    for file in File.allCases where file != .config { unlink(path(of: file)) }
  }

  /// Writes a file whole or not at all.
  ///
  /// - Parameter isDurable: false where training should not wait for the disk
  func write(_ bytes: [UInt8], to file: File, isDurable: Bool = true) throws(Failure) {
    do { try AtomicFile.write(bytes, to: path(of: file), isDurable: isDurable) } catch {
      let remedy = error.remedy.map { ", \($0)" } ?? ""
      throw Failure("cannot write '\(path(of: file))': \(error.description)\(remedy)")
    }
  }

  /// The folder of what TensorBoard shows.
  var tensorBoardPath: String { AtomicFile.path("tensorboard", in: path) }

  /// The path of one of the run's files.
  func path(of file: File) -> String { AtomicFile.path(file.rawValue, in: path) }

  /// The size of one of the run's files; nil where it is not there.
  func size(of file: File) -> Int? {
    var status = stat()
    return stat(path(of: file), &status) == 0 ? Int(status.st_size) : nil
  }

  /// Makes a folder and those around it.
  private mutating func make(_ folder: String) throws(Failure) {
    var end = folder.startIndex
    while end < folder.endIndex {
      end = folder[end...].dropFirst().firstIndex(of: "/") ?? folder.endIndex
      let part = String(folder[..<end])
      if FileKind(path: part) == .folder { continue }
      if FileKind(path: part) == .file {
        try fail("'\(part)' is a file, not a folder: choose another folder with --output")
      }
      if mkdir(part, 0o777) == 0 {
        created.append(part)
      } else if errno != EEXIST {
        try failMaking(part)
      }
    }
  }

  /// Makes a folder that was not there before, with a number where the name is taken.
  private mutating func makeNew(_ stem: String) throws(Failure) -> String {
    var name = stem
    var number = 1
    while mkdir(name, 0o777) != 0 {
      guard errno == EEXIST else { try failMaking(name) }
      number += 1
      name = "\(stem)-\(number)"
    }
    created.append(name)
    return name
  }

  /// Keeps other runs out until this process ends, where the file system can.
  private func lock() throws(Failure) {
    let folder = open(path, O_RDONLY | O_CLOEXEC)
    if folder >= 0 && flock(folder, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK {
      close(folder)
      try fail("another run is writing into the folder '\(path)': choose another one with --output")
    }
  }

  private func checkContents(force: Bool) throws(Failure) {
    guard let names = AtomicFile.names(in: path) else {
      try fail("cannot read the folder '\(path)': \(systemError()): choose another one with --output")
    }
    guard names.isEmpty || force else {
      try fail("the folder '\(path)' is not empty: choose another one with --output, or add --force to replace results")
    }
    for file in File.allCases where FileKind(path: path(of: file)) == .folder {
      try fail("'\(path(of: file))' is a folder, and the results need the name: choose another folder with --output")
    }
  }

  /// Writes a file and removes it.
  private func checkWriting() throws(Failure) {
    let probe = path + "/.vae-train-" + String(UInt64.random(in: .min ... .max), radix: 16)
    let file = open(probe, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      try fail("cannot write in the folder '\(path)': \(systemError()): choose another one with --output")
    }
    let isWritten = systemWrite(file)
    let reason = systemError()
    close(file)
    unlink(probe)
    guard isWritten else {
      try fail("cannot write in the folder '\(path)': \(reason): choose another one with --output")
    }
  }

  private func failMaking(_ folder: String) throws(Failure) -> Never {
    try fail("cannot make the folder '\(folder)': \(systemError()): choose another one with --output")
  }

  private func fail(_ message: String) throws(Failure) -> Never {
    removeIfEmpty()
    throw Failure(message)
  }
}

private func systemError() -> String { String(cString: strerror(errno)) }

/// Writes one byte with `write(2)`, which the method of the same name hides.
private func systemWrite(_ file: Int32) -> Bool { write(file, "\n", 1) == 1 }
