extension ShapeTables {
    /// What objects of all kinds are made of.
    static let metadata = """
        Condition
          lastTransitionTime:time= message:string= observedGeneration:int64 reason:string= status:string= type:string=
        LabelSelector!
          matchExpressions:[LabelSelectorRequirement] matchLabels:{string}
        LabelSelectorRequirement
          key:string= operator:string= values:[string]
        LocalObjectReference!
          name:string
        ManagedFieldsEntry
          apiVersion:string fieldsType:string fieldsV1:any manager:string operation:string subresource:string time:time
        ObjectMeta
          annotations:{string} creationTimestamp:time= deletionGracePeriodSeconds:int64* deletionTimestamp:time
          finalizers:[string]#+ generateName:string generation:int64 labels:{string} managedFields:[ManagedFieldsEntry]
          name:string namespace:string ownerReferences:[OwnerReference]#uid+uid resourceVersion:string selfLink:string
          uid:string
        ObjectReference!
          apiVersion:string fieldPath:string kind:string name:string namespace:string resourceVersion:string uid:string
        OwnerReference!
          apiVersion:string= blockOwnerDeletion:bool* controller:bool* kind:string= name:string= uid:string=
        """
}
