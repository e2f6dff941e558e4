import Foundation
import SwiftProtobuf

/// A setting of a run.
public enum Hyperparameter: Sendable, Equatable {
  /// A learning rate, a size.
  case number(Double)
  /// A name, such as that of a model.
  case text(String)
  /// Whether something was switched on.
  case flag(Bool)

  fileprivate var value: Google_Protobuf_Value {
    switch self {
    case .number(let number): Google_Protobuf_Value(numberValue: number)
    case .text(let text): Google_Protobuf_Value(stringValue: text)
    case .flag(let flag): Google_Protobuf_Value(boolValue: flag)
    }
  }

  fileprivate var type: Tensorboard_Hparams_DataType {
    switch self {
    case .number: .float64
    case .text: .string
    case .flag: .bool
    }
  }
}

/// Literals: `[("learning_rate", 3e-3), ("optimizer", "Adam"), ("nesterov", true)]`.
extension Hyperparameter: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral,
  ExpressibleByBooleanLiteral
{
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(integerLiteral value: Int) { self = .number(Double(value)) }
  public init(stringLiteral value: String) { self = .text(value) }
  public init(booleanLiteral value: Bool) { self = .flag(value) }
}

/// How a run ended.
public enum RunOutcome: Sendable {
  case success, failure
}

/// What TensorBoard's table of hyper-parameters is made of: messages that stand as metadata at values with certain names.
enum HyperparameterEvents {
  /// The names and types of the settings, and the scalars to show beside them: tags, in the runs of these names.
  static func experiment(
    _ settings: [(name: String, value: Hyperparameter)], metrics: [(run: String, tag: String)]
  ) -> Tensorboard_Event {
    event("_hparams_/experiment") { data in
      data.experiment.timeCreatedSecs = EventFile.wallTime
      data.experiment.hparamInfos = settings.map { setting in
        .with { ($0.name, $0.type) = (setting.name, setting.value.type) }
      }
      data.experiment.metricInfos = metrics.map { metric in
        .with {
          ($0.name.group, $0.name.tag) = (metric.run, metric.tag)
          $0.displayName = "\(metric.run) \(metric.tag)"
        }
      }
    }
  }

  static func start(_ settings: [(name: String, value: Hyperparameter)]) -> Tensorboard_Event {
    event("_hparams_/session_start_info") { data in
      data.sessionStartInfo.hparams = Dictionary(settings.map { ($0.name, $0.value.value) }) { $1 }
      data.sessionStartInfo.startTimeSecs = EventFile.wallTime
    }
  }

  static func end(_ outcome: RunOutcome) -> Tensorboard_Event {
    event("_hparams_/session_end_info") { data in
      data.sessionEndInfo.status = outcome == .success ? .success : .failure
      data.sessionEndInfo.endTimeSecs = EventFile.wallTime
    }
  }

  private static func event(
    _ tag: String, _ fill: (inout Tensorboard_Hparams_HParamsPluginData) -> Void
  ) -> Tensorboard_Event {
    var data = Tensorboard_Hparams_HParamsPluginData()
    fill(&data)
    var value = Tensorboard_Summary.Value()
    value.tag = tag
    value.metadata.pluginData.pluginName = "hparams"
    value.metadata.pluginData.content = try! data.serializedData()
    // A value must have one: a float of which nothing is read.
    value.tensor.dtype = 1
    value.tensor.tensorShape.dim = [.with { $0.size = 1 }]
    value.tensor.floatVal = [0]
    return .with { $0.summary.value = [value] }
  }
}
