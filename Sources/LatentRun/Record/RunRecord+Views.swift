import LatentFiles
import LatentReport
import LatentVAE

/// What follows from a record: each view is a choice among its fields.
extension RunRecord {
  /// A field of a record with its value.
  package struct Entry {
    /// The object of `config.json` that it stands in; empty for the file's own.
    package let section: String
    /// The title that it stands under, for people.
    package let group: String
    package let name: String
    package let value: JSON
    package let role: RunRole
    /// Whether it says anything of this run.
    package let isUsed: Bool
  }

  /// All fields, in the order of the file.
  package var entries: [Entry] {
    func entries<Part: RunPart>(_ section: String, _ part: Part?) -> [Entry] {
      part.map { part in
        Part.fields.map { field in
          let value = field.json(part)
          return Entry(
            section: section, group: field.group, name: field.name, value: value, role: field.role,
            isUsed: value != .null && field.isUsed(part))
        }
      } ?? []
    }
    let time = Entry(
      section: "", group: MachineRecord.title, name: "started", value: started.json, role: .free, isUsed: started != "")
    return [time] + entries("versions", versions) + entries("machine", machine) + entries("settings", settings)
      + entries("data", data) + entries("results", results)
  }

  /// Everything that the weights depend on but the number of epochs, and nothing else: what `model.safetensors` says about
  /// itself, so that the same run gives the same file on any number of threads, and what must not change where a run goes
  /// on from a checkpoint.
  ///
  /// - Parameter then: that of the run that goes on. Data are what they hold: where they are the same, they keep the name
  ///   that they had then.
  package func identity(resuming then: [String: String]? = nil) -> [String: String] {
    var identity = settings.model.plan?.metadata ?? ["model": settings.model.words ?? "unknown"]
    for entry in entries where entry.isUsed {
      guard case .weights(let name) = entry.role else { continue }
      identity[name ?? entry.name] = entry.value == .null ? nil : entry.value.metadataText
    }
    // Rates that are planned to the last epoch are others where there are more epochs.
    if settings.steering.dependsOnEpochs { identity["schedule_epochs"] = "\(settings.training.epochs)" }
    if let data, let then, let sum = data.sha256, then["data_sha256"] == sum { identity["data"] = then["data"] }
    return identity
  }

  /// The names of the settings that may change where the run goes on.
  package var changeable: [String] {
    entries.filter {
      $0.section == "settings" && $0.role == .free && !($0.name == "epochs" && settings.steering.dependsOnEpochs)
    }.map(\.name)
  }

  /// The settings that are used, for TensorBoard's table.
  package var hyperparameters: [(name: String, value: JSON)] {
    entries.filter { $0.section == "settings" && $0.value.singleText != nil }.map { ($0.name, $0.value) }
  }

  /// The tables of its page.
  package var groups: [RunReport.Settings] {
    let titles = ["Model", "Objective", "Training", "Steering", "Files", "Data", "Machine"]
    return titles.map { title in
      let fields = entries.filter { $0.group == title }
      var names: Set<String> = []
      return RunReport.Settings(
        title,
        fields.compactMap { field in
          // The data's name says more than what it was called on the command line.
          guard let text = field.value.singleText, names.insert(field.name).inserted else { return nil }
          return (field.name.settingWords, text)
        })
    }.filter { !$0.pairs.isEmpty }
  }

  /// What two runs may differ in, by its names, as text: the settings, and the data's under `data.`.
  package var texts: [(name: String, value: String)] {
    entries.compactMap { entry in
      guard ["settings", "data"].contains(entry.section), let text = entry.value.singleText else { return nil }
      return ((entry.section == "data" ? "data." : "") + entry.name, text)
    }
  }

  /// Of the program and the machine.
  package var environment: [(name: String, value: String)] {
    entries.compactMap { entry in
      guard ["versions", "machine"].contains(entry.section) else { return nil }
      return entry.value.singleText.map { (entry.name, $0) }
    }
  }

  /// The names of what differs, in the order of the first and then of the second.
  package static func differing(
    _ a: [(name: String, value: String)], _ b: [(name: String, value: String)]
  ) -> [String] {
    let names = a.map(\.name) + b.map(\.name).filter { name in !a.contains { $0.name == name } }
    return names.filter { name in
      a.first { $0.name == name }?.value != b.first { $0.name == name }?.value
    }
  }

  /// The names among ``texts`` that the weights depend on.
  package var decisive: Set<String> {
    let names = entries.filter { entry in
      guard ["settings", "data"].contains(entry.section), entry.role != .free else { return false }
      // The checksum says it better.
      return !(entry.section == "data" && entry.name == "name")
    }.map { ($0.section == "data" ? "data." : "") + $0.name }
    return Set(names + (settings.steering.dependsOnEpochs ? ["epochs"] : []))
  }
}

extension String {
  /// The name of a setting for people: `kl_warm_up` as "KL warm up".
  package var settingWords: String {
    let words = split(separator: "_").map { ["kl": "KL", "openblas": "OpenBLAS"][$0] ?? String($0) }
    let text = words.joined(separator: " ")
    return text.prefix(1).uppercased() + text.dropFirst()
  }
}
