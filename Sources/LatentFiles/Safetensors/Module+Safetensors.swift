import Latent

extension Module {
  /// Every parameter and buffer as a tensor of a safetensors file: its path as the name, its layout as it is (Keras's).
  public var safetensors: [SafetensorsTensor] { tensors.map { SafetensorsTensor($0.path, $0.value) } }

  /// Writes all that the model has learned, its parameters and its buffers, such as batch normalisation's running averages:
  ///
  ///     try model.save(to: "model.safetensors")
  ///     var other = Classifier()
  ///     try other.load(contentsOf: "model.safetensors")
  ///
  /// The file appears whole or not at all.
  ///
  /// - Parameter metadata: what the file is to say of itself
  /// - Throws: ``FileError`` where the file can't be written, or the model visits two parameters or buffers under one path
  public func save(to path: String, metadata: [String: String] = [:]) throws(FileError) {
    try SafetensorsFile.write(safetensors, metadata: metadata, to: path)
  }

  /// Gives every parameter and buffer what a safetensors file holds under its path, in the model's own element type.
  ///
  /// - Throws: ``FileError`` where the file can't be read, has no tensor for a path, has one that is not the model's, or one of another
  ///   shape; the model is as it was then.
  public mutating func load(contentsOf path: String) throws(FileError) {
    let file = try SafetensorsFile(contentsOf: path)
    let own = Dictionary(tensors.map { ($0.path, $0.value.element) }) { $1 }
    var found: [String: Tensor] = [:]
    for entry in file.tensors { found[entry.name] = try file.tensor(entry.name, as: own[entry.name]) }
    do { try load(found) } catch { throw FileError(file: path, reason: error.description) }
  }
}
