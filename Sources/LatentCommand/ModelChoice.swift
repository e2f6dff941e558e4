import Latent
import LatentData
import LatentFiles
import LatentReport
import LatentVAE

/// The model that options choose, before it is known what it reads.
package struct ModelChoice: Sendable {
  private enum Source: Sendable {
    case recipe(ModelRecipe)
    case plan(ModelPlan, file: String)
  }

  private let source: Source

  package init(_ recipe: ModelRecipe) { source = .recipe(recipe) }

  package init(_ plan: ModelPlan, file: String) { source = .plan(plan, file: file) }

  /// The examples that it is for, where a file says so.
  package var example: ExampleShape? { if case .plan(let plan, _) = source { plan.example } else { nil } }

  /// The likelihood, where a file says so.
  package var likelihood: LikelihoodKind? { if case .plan(let plan, _) = source { plan.likelihood } else { nil } }

  /// Whether a file says that it is conditional on labels.
  package var isConditional: Bool { if case .plan(let plan, _) = source { plan.classes > 0 } else { false } }

  /// Its plan for examples of a shape.
  ///
  /// - Parameter classLabels: of the classes that it is conditional on
  /// - Throws: ``Failure`` where it can't read such examples
  package func plan(
    for example: ExampleShape, likelihood: LikelihoodKind, classLabels: [UInt8] = []
  ) throws(Failure) -> ModelPlan {
    do throws(PlanError) {
      switch source {
      case .recipe(let recipe):
        return try recipe.plan(for: example, likelihood: likelihood, classLabels: classLabels)
      case .plan(let plan, let file):
        guard plan.example == example else {
          throw PlanError("'\(file)' is a model for \(plan.example), and the data are \(example)")
        }
        return try plan.with(likelihood: likelihood, classLabels: classLabels)
      }
    } catch {
      throw Failure("--model: \(error)", code: Failure.usage)
    }
  }
}

extension ModelPlan {
  /// - Parameters:
  ///   - element: of the weights
  ///   - copies: how many times the memory of its weights the caller is going to need
  /// - Throws: ``Failure`` where the machine's memory cannot hold that
  package func checkMemory(_ element: ElementType, copies: Int) throws(Failure) {
    let needed = Double(element.size) * Double(copies) * parameterCount
    let memory = Machine.memory
    guard needed < Double(memory.bytes) else {
      throw Failure(
        "a model of \(self) for \(example) needs \(Format.bytes(needed)) of memory, and \(memory.source) "
          + "\(Format.bytes(Double(memory.bytes))): give smaller sizes",
        code: memory.source == Machine.ownMemory ? Failure.usage : 1)
    }
  }
}
