//! Tags and resource groups: put on, taken off, listed, moved; and what the service's clients send beside.

use serde_json::{Value, json};

use crate::leaf_world::{DAY, NOW, World, csr, with};

fn leaf(world: &World, more: Value) -> String {
    let base =
        json!({ "Csr": csr("CN=www.example.test"), "ParentIdentifier": world.ca, "Days": 30 });
    world.identifier("CreateServerCertificateWithCsr", with(&base, more))
}

fn tags_of(world: &World, resource: &str) -> Vec<(String, String)> {
    let asked =
        json!({ "ResourceType": "instance", "ResourceId.1": resource, "RegionId": "cn-hangzhou" });
    let answer = world.call("ListTagResources", asked.clone());
    let text = |tag: &Value, name: &str| tag[name].as_str().unwrap_or_default().to_owned();
    let tags = answer["Data"]["TagResources"]["TagResources"].as_array().unwrap();
    let older = world.call("ListTagResources", with(&asked, json!({ "Version": "2020-04-07" })));
    assert_eq!(
        older["TagResources"]["TagResource"],
        answer["Data"]["TagResources"]["TagResources"]
    );
    assert!(
        tags.iter().all(|tag| tag["ResourceId"] == resource && tag["ResourceType"] == "instance")
    );
    tags.iter().map(|tag| (text(tag, "TagKey"), text(tag, "TagValue"))).collect()
}

fn pairs(tags: &[(&str, &str)]) -> Vec<(String, String)> {
    tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn tags_are_put_on_and_taken_off_cas_and_leaves_together_or_not_at_all() {
    let world = World::new();
    let leaf = leaf(&world, json!({ "Tags.1.Key": "team", "Tags.1.Value": "a" }));
    let put = json!({
        "ResourceType": "instance", "ResourceId.1": leaf, "ResourceId.2": world.ca,
        "Tag.1.Key": "team", "Tag.1.Value": "b", "Tag.2.Key": "empty",
    });
    world.call("TagResources", put.clone());
    world.call("TagResources", with(&put, json!({ "Version": "2020-04-07" })));
    for resource in [&leaf, &world.ca] {
        assert_eq!(tags_of(&world, resource), pairs(&[("team", "b"), ("empty", "")]));
    }
    let described = world.call("DescribeCACertificate", json!({ "Identifier": world.ca }));
    assert_eq!(described["Certificate"]["Tags"][0], json!({ "TagKey": "team", "TagValue": "b" }));
    // One that is not known: none is changed.
    let other = with(&put, json!({ "ResourceId.2": "x", "Tag.1.Value": "c" }));
    world.refuses("TagResources", other, "NotFound", "ResourceId");
    assert_eq!(tags_of(&world, &leaf)[0].1, "b");
    // All that a resource has in the end counts.
    let many: Vec<Value> = (0..19).map(|number| json!({ "Key": format!("k{number}") })).collect();
    let many = json!({ "ResourceType": "instance", "ResourceId": [leaf], "Tag": many });
    world.refuses("TagResources", many, "InvalidParameter", "at most 20");
    for (changes, code, says) in [
        (json!({ "Tag.1.Key": "aliyun-x" }), "InvalidParameter", "Tags.1.Key"),
        (json!({ "ResourceType": "order" }), "InvalidParameter", "ResourceType"),
        (json!({ "ResourceId.2": leaf }), "InvalidParameter", "ResourceId.2"),
        (json!({ "ResourceId.1": null, "ResourceId.2": null }), "MissingParameter", "ResourceId"),
        (
            json!({ "Tag.1.Key": null, "Tag.1.Value": null, "Tag.2.Key": null }),
            "MissingParameter",
            "Tag: missing",
        ),
    ] {
        world.refuses("TagResources", with(&put, changes), code, says);
    }

    let keys = json!({ "ResourceType": "instance", "Version": "2020-04-07" });
    let counted = world.call("ListTagKeys", keys.clone());
    let expected =
        json!([{ "TagCount": 2, "TagKey": "empty" }, { "TagCount": 2, "TagKey": "team" }]);
    assert_eq!((&counted["TagKeys"], &counted["TotalCount"]), (&expected, &json!(2)));
    let first = world.call("ListTagKeys", with(&keys, json!({ "MaxResults": 1 })));
    let next = json!({ "MaxResults": 1, "NextToken": first["NextToken"] });
    let second = world.call("ListTagKeys", with(&keys, next));
    assert_eq!((&first["TagKeys"][0], &second["TagKeys"][0]), (&expected[0], &expected[1]));
    assert!(second.get("NextToken").is_none());

    let off = json!({ "ResourceType": "instance", "ResourceId.1": leaf, "ResourceId.2": world.ca });
    world.refuses("UntagResources", off.clone(), "MissingParameter", "TagKey");
    world.call("UntagResources", with(&off, json!({ "TagKey.1": "team", "TagKey.2": "none" })));
    assert_eq!(tags_of(&world, &leaf), pairs(&[("empty", "")]));
    world.call("UntagResources", with(&off, json!({ "All": true })));
    assert!(tags_of(&world, &leaf).is_empty() && tags_of(&world, &world.ca).is_empty());
    world.cas.ledger().verify().unwrap();
}

#[test]
fn resources_are_found_by_their_tags() {
    let world = World::new();
    let one = leaf(&world, json!({ "Tags.1.Key": "team", "Tags.1.Value": "a" }));
    leaf(&world, json!({ "Tags.1.Key": "team", "Tags.1.Value": "b", "Tags.2.Key": "x" }));
    let find = |asked: Value| {
        let asked = with(&json!({ "ResourceType": "instance" }), asked);
        let answer = world.call("ListTagResources", asked);
        answer["Data"]["TagResources"]["TagResources"].as_array().unwrap().clone()
    };
    let team = find(json!({ "Tag.1.Key": "team", "Tag.1.Value": "a" }));
    assert_eq!(
        team,
        [json!({
            "ResourceId": one, "ResourceType": "instance", "TagKey": "team", "TagValue": "a",
        })]
    );
    assert_eq!(find(json!({ "Tag.1.Key": "team" })).len(), 3, "both, with all their tags");
    assert_eq!(find(json!({ "Tag.1.Key": "team", "Tag.2.Key": "x" })).len(), 2);
    assert!(find(json!({ "Tag.1.Key": "none" })).is_empty());
}

#[test]
fn orders_have_tags_too() {
    let shop = crate::shop::shop();
    let order_id = shop.order(json!({ "Tags.1.Key": "team", "Tags.1.Value": "a" }));
    let instance = format!("cas-{order_id}");
    let base = json!({ "ResourceType": "instance", "ResourceId.1": instance });
    shop.call(
        "TagResources",
        with(&base, json!({ "Tag.1.Key": "acs:rm:rgId", "Tag.1.Value": "rg-1" })),
    );
    let listed = shop.call("ListTagResources", base);
    assert_eq!(listed["Data"]["TagResources"]["TagResources"].as_array().unwrap().len(), 2);
    let count = |group: &str| {
        shop.call("ListUserCertificateOrder", json!({ "ResourceGroupId": group }))["TotalCount"]
            .clone()
    };
    assert_eq!((count("rg-1"), count("rg-2")), (json!(1), json!(0)));
    let moved =
        json!({ "ResourceType": "instance", "ResourceId": instance, "ResourceGroupId": "rg-2" });
    crate::shop::refused(&shop, "MoveResourceGroup", moved, "InvalidParameter", &["acs:rm:rgId"]);
}

#[test]
fn a_resource_group_is_given_or_tagged_listed_by_and_moved_to() {
    let world = World::new();
    let given = leaf(&world, json!({ "ResourceGroupId": "rg-1" }));
    let tagged = leaf(&world, json!({ "Tags.1.Key": "acs:rm:rgId", "Tags.1.Value": "rg-2" }));
    let group = |identifier: &str| {
        let found = world.call("DescribeClientCertificate", json!({ "Identifier": identifier }));
        found["Certificate"]["ResourceGroupId"].clone()
    };
    assert_eq!((group(&given), group(&tagged)), (json!("rg-1"), json!("rg-2")));
    let of = |name: &str| {
        let list = world.call("ListClientCertificate", json!({ "ResourceGroupId": name }));
        list["CertificateList"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["Identifier"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!((of("rg-1"), of("rg-2")), (vec![json!(given)], vec![json!(tagged)]));
    let moved =
        json!({ "ResourceType": "instance", "ResourceId": given, "ResourceGroupId": "rg-2" });
    world.call("MoveResourceGroup", moved.clone());
    assert_eq!((of("rg-1").len(), of("rg-2").len()), (0, 2));
    world.refuses(
        "MoveResourceGroup",
        with(&moved, json!({ "ResourceGroupId": "a b" })),
        "InvalidParameter",
        "ResourceGroupId",
    );
    let ca = world.sub_ca(json!({ "ResourceGroupId": "rg-3" }));
    let listed = world.call("DescribeCACertificateList", json!({ "ResourceGroupId": "rg-3" }));
    assert_eq!(listed["CertificateList"][0]["Identifier"], ca);
    assert_eq!(listed["TotalCount"], 1);
}

#[test]
fn what_is_kept_of_a_ca_is_changed_and_its_log_says_so() {
    let world = World::new();
    let base = json!({ "Identifier": world.ca });
    world.refuses("UpdatePcaCertificate", base.clone(), "MissingParameter", "AliasName");
    let long = with(&base, json!({ "AliasName": "a".repeat(65) }));
    world.refuses("UpdatePcaCertificate", long, "DataTooLongException", "AliasName");
    world.clock.set(NOW + DAY);
    let change = with(
        &base,
        json!({
            "AliasName": "The CA", "ResourceGroupId": "rg-9", "Tags.1.Key": "team", "ClientToken": "t-1",
        }),
    );
    let first = world.call("UpdatePcaCertificate", change.clone());
    assert_eq!(world.call("UpdatePcaCertificate", change), first, "answered as the first time");
    let found = world.call("DescribeCACertificate", base.clone())["Certificate"].clone();
    assert_eq!(found["Alias"], "The CA");
    assert_eq!(found["ResourceGroupId"], "rg-9");
    assert_eq!(found["Tags"], json!([{ "TagKey": "team" }]));
    world.clock.set(NOW + 2 * DAY);
    let revoke = with(&base, json!({ "Status": "REVOKE", "ClientToken": "t-2" }));
    let first = world.call("UpdateCACertificateStatus", revoke.clone());
    assert_eq!(world.call("UpdateCACertificateStatus", revoke), first);
    let log = world.call("ListCACertificateLog", base);
    let steps: Vec<(&str, i64)> = log["LogList"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| (step["OpType"].as_str().unwrap(), step["CreateTime"].as_i64().unwrap()))
        .collect();
    let at = |days: i64| (NOW + days * DAY) * 1_000;
    assert_eq!(steps, [("ADD", at(0)), ("UPDATE", at(1)), ("UPDATE", at(2))]);
    world.refuses("ListCACertificateLog", json!({ "Identifier": "x" }), "NotFound", "Identifier");
}
