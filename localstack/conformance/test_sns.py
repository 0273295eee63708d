"""Topics, and what is published to them."""

import json

import pytest

from harness.marks import fact, needs

# A run against AWS looks after what it makes by tags, and knows no topics.
pytestmark = needs("own-tags")


@pytest.fixture
def sns(client, account):
    return client("sns", account())


def topic(api, name="people"):
    return api.create_topic(Name=name)["TopicArn"]


@fact("sns.topics")
def test_a_topic_is_made_once_and_deleted_as_often_as_one_likes(sns):
    arn = topic(sns)
    assert topic(sns) == arn and arn.split(":")[:4] == ["arn", "aws", "sns", "us-east-1"]
    assert sns.list_topics()["Topics"] == [{"TopicArn": arn}]
    for _ in range(2):
        sns.delete_topic(TopicArn=arn)
        assert sns.list_topics()["Topics"] == []


@fact("sns.names")
@pytest.mark.parametrize("name", ["", "two words", "x" * 257, "people!"], ids=["none", "blank", "long", "mark"])
def test_names(sns, refused, name):
    assert refused(sns.create_topic, Name=name) == ("InvalidParameter", 400)


@fact("sns.pages")
def test_pages(sns):
    made = {topic(sns, f"t{number}") for number in range(101)}
    pages = [page["Topics"] for page in sns.get_paginator("list_topics").paginate()]
    assert [len(page) for page in pages] == [100, 1]
    assert {it["TopicArn"] for page in pages for it in page} == made


@fact("sns.publish")
def test_publishing(sns):
    arn = topic(sns)
    for more in ({}, {"Subject": "s" * 99}, {"Message": "x" * 262_144},
                 {"Message": json.dumps({"default": "x", "email": "y"}), "MessageStructure": "json"}):
        assert sns.publish(TopicArn=arn, **{"Message": "it asks", **more})["MessageId"]
    assert sns.publish(TargetArn=arn, Message="x")["MessageId"]


@fact("sns.publish")
@pytest.mark.parametrize("wrong", [
    {"Message": ""},
    {"Message": "x" * 262_145},
    {"Subject": "s" * 100},
    {"Subject": "two\nlines"},
    {"MessageStructure": "json"},
    {"MessageStructure": "json", "Message": json.dumps({"email": "y"})},
    {"TopicArn": "people"},
], ids=["empty", "long", "long-subject", "lines", "no-json", "no-default", "no-arn"])
def test_what_is_not_published(sns, refused, wrong):
    assert refused(sns.publish, **{"TopicArn": topic(sns), "Message": "x", **wrong}) == ("InvalidParameter", 400)


@fact("sns.publish")
def test_a_topic_that_is_not_there(sns, refused):
    arn = topic(sns)
    sns.delete_topic(TopicArn=arn)
    assert refused(sns.publish, TopicArn=arn, Message="x") == ("NotFound", 404)


@fact("sns.owner")
def test_another_account(client, account, sns, refused):
    arn, other = topic(sns), client("sns", account())
    assert refused(other.publish, TopicArn=arn, Message="x") == ("AuthorizationError", 403)
    assert refused(other.delete_topic, TopicArn=arn) == ("AuthorizationError", 403)
