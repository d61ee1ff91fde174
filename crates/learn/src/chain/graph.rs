//! What depends on what: the graph of a process chain.

/// One quantity of a chain: an intermediate or an outcome.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Node {
    /// Columns of the settings it depends on.
    pub columns: Vec<usize>,
    /// Nodes it depends on; each comes before it.
    pub upstream: Vec<usize>,
}

/// A graph of quantities without circles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graph {
    nodes: Vec<Node>,
    groups: Vec<usize>,
}

/// Why there is no such graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GraphError {
    /// A node depends on itself or on one that comes later.
    #[error("node {0} depends on a node that does not come before it")]
    Order(usize),
    /// A node names a column that the settings do not have.
    #[error("node {0} depends on a column that is not there")]
    Column(usize),
}

impl Graph {
    /// The graph of `nodes`, each after those it depends on; `groups` as in [`crate::gp::Structure::groups`].
    ///
    /// Errors: a node that depends on a later one, a column that is not there.
    pub fn new(nodes: Vec<Node>, groups: &[usize]) -> Result<Self, GraphError> {
        for (number, node) in nodes.iter().enumerate() {
            if node.upstream.iter().any(|&upstream| upstream >= number) {
                return Err(GraphError::Order(number));
            }
            if node.columns.iter().any(|&column| column >= groups.len()) {
                return Err(GraphError::Column(number));
            }
        }
        Ok(Self { nodes, groups: groups.to_vec() })
    }

    /// Its quantities, each after those it depends on.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The lengthscale of each input of a node: columns of one group share it, every node upstream has its own.
    pub(super) fn input_groups(&self, node: usize) -> Vec<usize> {
        let Some(node) = self.nodes.get(node) else { return Vec::new() };
        let mut known: Vec<usize> = Vec::new();
        let mut groups = Vec::with_capacity(node.columns.len() + node.upstream.len());
        for &column in &node.columns {
            let group = self.groups[column];
            let place = known.iter().position(|other| *other == group).unwrap_or_else(|| {
                known.push(group);
                known.len() - 1
            });
            groups.push(place);
        }
        groups.extend((0..node.upstream.len()).map(|number| known.len() + number));
        if groups.is_empty() {
            groups.push(0);
        }
        groups
    }

    /// The same graph in which `node` depends neither on `columns` nor on the node `upstream`.
    pub fn without_inputs(&self, node: usize, columns: &[usize], upstream: Option<usize>) -> Self {
        let mut graph = self.clone();
        if let Some(node) = graph.nodes.get_mut(node) {
            node.columns.retain(|column| !columns.contains(column));
            node.upstream.retain(|other| Some(*other) != upstream);
        }
        graph
    }

    /// The same graph in which nothing depends on `node`: what did depends on the inputs of `node` instead.
    pub fn bypassing(&self, node: usize) -> Self {
        let mut graph = self.clone();
        let Some(gone) = self.nodes.get(node) else { return graph };
        for other in graph.nodes.iter_mut().filter(|other| other.upstream.contains(&node)) {
            other.upstream.retain(|upstream| *upstream != node);
            other.upstream.extend(&gone.upstream);
            other.upstream.sort_unstable();
            other.upstream.dedup();
            other.columns.extend(&gone.columns);
            other.columns.sort_unstable();
            other.columns.dedup();
        }
        graph
    }

    /// Whether `node` depends on `upstream`, directly or through others.
    pub fn depends_on(&self, node: usize, upstream: usize) -> bool {
        let Some(own) = self.nodes.get(node) else { return false };
        own.upstream.iter().any(|&other| other == upstream || self.depends_on(other, upstream))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_may_not_depend_on_itself_or_on_a_later_one() {
        let node = |upstream: &[usize]| Node { columns: vec![0], upstream: upstream.to_vec() };
        assert!(Graph::new(vec![node(&[]), node(&[0])], &[0]).is_ok());
        assert_eq!(Graph::new(vec![node(&[0])], &[0]), Err(GraphError::Order(0)));
        assert_eq!(Graph::new(vec![node(&[1]), node(&[])], &[0]), Err(GraphError::Order(0)));
        assert_eq!(Graph::new(vec![node(&[])], &[]), Err(GraphError::Column(0)));
    }

    #[test]
    fn without_a_node_the_settings_before_it_take_its_place() {
        let nodes = vec![Node { columns: vec![1], upstream: vec![] }, Node { columns: vec![0], upstream: vec![0] }];
        let graph = Graph::new(nodes, &[0, 1]).unwrap().bypassing(0);
        assert_eq!(graph.nodes()[1], Node { columns: vec![0, 1], upstream: vec![] });
    }

    #[test]
    fn columns_of_one_group_share_a_lengthscale_and_nodes_have_their_own() {
        let nodes = vec![Node::default(), Node { columns: vec![3, 1, 2], upstream: vec![0] }];
        let graph = Graph::new(nodes, &[0, 1, 1, 2]).unwrap();
        assert_eq!(graph.input_groups(1), [0, 1, 1, 2]);
    }
}
