/// A file of a published data set, recognised by what is in it and not by its name.
struct KnownFile: Sendable, Equatable {
  enum Content: String {
    case images, labels
  }

  let set: String
  let part: DatasetPart
  let content: Content

  /// "Fashion-MNIST training images".
  var description: String { "\(set) \(part) \(content)" }

  /// Keyed by the SHA-256 of the uncompressed file. Fashion-MNIST: Debian's dataset-fashion-mnist, which has the files
  /// of github.com/zalandoresearch/fashion-mnist. MNIST: the four files that Yann LeCun published.
  static let all: [String: KnownFile] = [
    "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888":
      KnownFile(set: "Fashion-MNIST", part: .training, content: .images),
    "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9":
      KnownFile(set: "Fashion-MNIST", part: .training, content: .labels),
    "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b":
      KnownFile(set: "Fashion-MNIST", part: .test, content: .images),
    "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34":
      KnownFile(set: "Fashion-MNIST", part: .test, content: .labels),
    "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db":
      KnownFile(set: "MNIST", part: .training, content: .images),
    "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5":
      KnownFile(set: "MNIST", part: .training, content: .labels),
    "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7":
      KnownFile(set: "MNIST", part: .test, content: .images),
    "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2":
      KnownFile(set: "MNIST", part: .test, content: .labels),
  ]
}
