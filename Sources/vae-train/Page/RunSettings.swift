import LatentData
import LatentFiles
import LatentReport
import LatentTraining

/// What `config.json` says, for people.
struct RunSettings {
  let status: String?
  /// Where the images are from.
  let source: DataSource?
  let groups: [RunReport.Settings]

  private typealias Section = [String: String]

  private static let model = [
    "model", "latent_size", "conditional", "loss", "beta", "kl_warm_up", "free_bits",
    "capacity", "capacity_epochs", "samples", "precision",
  ]
  private static let training = [
    "epochs", "batch_size", "learning_rate", "schedule", "warm_up", "decay_factor", "decay_epochs", "clip_norm",
    "reduce_on_plateau", "early_stopping", "min_delta", "max_time", "validation_split", "preset", "seed", "threads",
    "shards",
  ]
  private static let data = [
    "name", "provenance", "height", "width", "training_images", "validation_images", "limit",
  ]
  private static let machine = [
    "processor", "cores", "processor_quota", "instruction_set", "openblas_kernel", "latent", "swift", "openblas",
    "started",
  ]

  /// - Parameter file: `config.json`; nil, or what is none, gives nothing
  init(_ file: [UInt8]?) {
    let document = file.flatMap { JSON($0) }
    func members(_ name: String) -> Section { Self.texts(document?[name]) }
    let settings = members("settings")
    let top = Self.texts(document)
    status = top["status"]
    source = settings["data"].flatMap { DataSource($0) }
    let all: [(title: String, keys: [String], values: Section)] = [
      ("Model", Self.model, settings), ("Training", Self.training, settings),
      ("Data", Self.data, settings.merging(members("data")) { $1 }),
      (
        "Machine", Self.machine,
        members("machine").merging(members("versions")) { $1 }.merging(top.filter { $0.key == "started" }) { $1 }
      ),
    ]
    groups = all.map { title, keys, values in
      RunReport.Settings(
        title, keys.compactMap { key in values[key].map { (name: Self.words(key), value: $0) } })
    }.filter { !$0.pairs.isEmpty }
  }

  /// What a weights file says about itself, where there is no `config.json`.
  static func group(of saved: SavedModel) -> RunReport.Settings {
    let metadata = (saved.plan?.metadata ?? ["model": saved.structure]).merging(saved.metadata) { $1 }
    return RunReport.Settings("Model", metadata.sorted { $0.key < $1.key }.map { (words($0.key), $0.value) })
  }

  /// The name of a setting: `kl_warm_up` as "KL warm up".
  private static func words(_ key: String) -> String {
    let words = key.split(separator: "_").map { ["kl": "KL", "openblas": "OpenBLAS"][$0] ?? String($0) }
    let text = words.joined(separator: " ")
    return text.prefix(1).uppercased() + text.dropFirst()
  }

  /// The members of an object that are words or numbers, as text.
  private static func texts(_ json: JSON?) -> Section {
    guard case .object(let members) = json else { return [:] }
    return members.reduce(into: [:]) { texts, member in
      switch member.value {
      case .bool(let value): texts[member.name] = value ? "yes" : "no"
      case .integer(let value): texts[member.name] = "\(value)"
      case .number(let value): texts[member.name] = "\(value)"
      case .string(let value): texts[member.name] = value
      case .null, .array, .object: break
      }
    }
  }
}
