import Latent
import LatentFiles
import LatentReport

/// `config.json`.
extension RunRecord {
  /// The text of the file, in the order in which people read it.
  package var text: String { json.text }

  package var json: JSON {
    [
      "program": program.json, "status": status.json, "started": started.json,
      "arguments": arguments?.json ?? .null, "working_folder": workingFolder?.json ?? .null, "versions": versions.json,
      "machine": machine.json, "settings": settings.json, "data": data?.json ?? .null,
      "results": results?.json ?? .null,
    ]
  }

  /// Reads a record, of this version or an earlier one.
  ///
  /// - Parameter isStrict: whether settings of other names are refused
  /// - Throws: ``RunRecordError``
  package init(json: JSON, isStrict: Bool = false) throws(RunRecordError) {
    guard case .object(let members) = json else { throw RunRecordError("it is no object") }
    func member<Value: RunValue>(_ name: String, _ type: Value.Type) throws(RunRecordError) -> Value? {
      guard let value = json[name], value != .null else { return nil }
      do throws(RunRecordError) { return try Value(json: value) } catch { throw RunRecordError("\(name) \(error)") }
    }
    func part<Part: RunPart>(_ name: String, _ type: Part.Type) throws(RunRecordError) -> Part? {
      guard let value = json[name], value != .null else { return nil }
      return try Part(json: value, at: name, isStrict: isStrict && name == "settings")
    }
    if isStrict, let other = members.first(where: { member in !Self.names.contains(member.name) }) {
      throw RunRecordError("\(other.name) is no part of a record; there are \(Self.names.joined(separator: ", "))")
    }
    guard let settings = try part("settings", RunSettings.self), let program = try member("program", String.self) else {
      throw RunRecordError("it is no record of a run: it has no program or no settings")
    }
    let versions = try part("versions", Versions.self)
    guard program == "vae-train" || versions?.latent != nil else {
      throw RunRecordError("it is no record of a run: it is not of Latent")
    }
    self.init(settings, program: program)
    try self.settings.model.settle(json["settings"]!)
    status = try member("status", Status.self) ?? .stopped("unknown")
    started = try member("started", String.self) ?? ""
    arguments = try member("arguments", [String].self)
    workingFolder = try member("working_folder", String.self)
    (self.versions, machine) = (versions ?? Versions(), try part("machine", MachineRecord.self) ?? MachineRecord())
    (data, results) = (try part("data", DataRecord.self), try part("results", Results.self))
  }

  private static let names = [
    "program", "status", "started", "arguments", "working_folder", "versions", "machine", "settings", "data", "results",
  ]

  /// Reads the text of a `config.json`.
  ///
  /// - Throws: ``RunRecordError``
  package init(_ bytes: [UInt8], isStrict: Bool = false) throws(RunRecordError) {
    guard let json = JSON(bytes) else { throw RunRecordError("it is not JSON") }
    try self.init(json: json, isStrict: isStrict)
  }

  /// Reads the record of a run.
  ///
  /// - Parameter path: of its folder, or of a `config.json`
  /// - Throws: ``RunRecordError``, with the file's name
  public init(contentsOf path: String) throws(RunRecordError) { try self.init(contentsOf: path, isStrict: false) }

  package init(contentsOf path: String, isStrict: Bool) throws(RunRecordError) {
    let file = FileKind(path: path) == .folder ? AtomicFile.path(RunFolder.File.config.rawValue, in: path) : path
    let bytes: [UInt8]
    do { bytes = try AtomicFile.read(file) } catch {
      throw RunRecordError(error.description)
    }
    do throws(RunRecordError) { try self.init(bytes, isStrict: isStrict) } catch {
      throw RunRecordError(oneLine("'\(file)': \(error)"))
    }
  }
}

extension RunRecord: Codable {
  /// The same as in `config.json`, in whatever order the encoder has.
  public func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }

  public init(from decoder: any Decoder) throws {
    do { try self.init(json: JSON(from: decoder)) } catch let error as RunRecordError {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "\(error)"))
    }
  }
}

extension RunRecord {
  /// The record of another run, to make it again.
  ///
  /// - Parameter file: its `config.json`
  /// - Throws: ``RunRecordError``, with the file's name, where it can't be read, its settings exclude each other, or something
  ///   of a program's own steered it
  package init(toRepeat file: String) throws(RunRecordError) {
    self = try RunRecord(contentsOf: file, isStrict: true)
    do throws(RunRecordError) {
      try settings.check()
      let (optimizer, own) = (settings.training.optimizer, settings.steering.own)
      guard RunOptimizer(rawValue: optimizer) != nil, own == nil else {
        throw RunRecordError(
          "\(own.map { "settings.own_steering is \($0)" } ?? "settings.optimizer is \(optimizer)"), "
            + "with which only the program that made the run can train")
      }
    } catch {
      throw RunRecordError(oneLine("'\(file)': \(error)"))
    }
  }
}
