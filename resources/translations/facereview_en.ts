<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en">
<context>
    <name>Amounts</name>
    <message numerus="yes">
        <source>%Ln videos</source>
        <translation>
            <numerusform>%Ln video</numerusform>
            <numerusform>%Ln videos</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln faces</source>
        <translation>
            <numerusform>%Ln face</numerusform>
            <numerusform>%Ln faces</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln creators</source>
        <translation>
            <numerusform>%Ln creator</numerusform>
            <numerusform>%Ln creators</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln references</source>
        <translation>
            <numerusform>%Ln reference</numerusform>
            <numerusform>%Ln references</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>about %Ln minutes</source>
        <translation>
            <numerusform>about a minute</numerusform>
            <numerusform>about %Ln minutes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>about %Ln hours</source>
        <translation>
            <numerusform>about %Ln hour</numerusform>
            <numerusform>about %Ln hours</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln videos could not be read:</source>
        <translation>
            <numerusform>%Ln video could not be read:</numerusform>
            <numerusform>%Ln videos could not be read:</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FrameView</name>
    <message numerus="yes">
        <source>%n faces here have no valid box</source>
        <translation>
            <numerusform>%n face here has no valid box</numerusform>
            <numerusform>%n faces here have no valid box</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Plurals</name>
    <message numerus="yes">
        <source>(and %n more)</source>
        <translation>
            <numerusform>(and %n more)</numerusform>
            <numerusform>(and %n more)</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n faces</source>
        <translation>
            <numerusform>%n face</numerusform>
            <numerusform>%n faces</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ReviewHeader</name>
    <message numerus="yes">
        <source>%n faces</source>
        <translation>
            <numerusform>%n face</numerusform>
            <numerusform>%n faces</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>about %n min at your pace</source>
        <translation>
            <numerusform>about %n min at your pace</numerusform>
            <numerusform>about %n min at your pace</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>about %n hours at your pace</source>
        <translation>
            <numerusform>about %n hour at your pace</numerusform>
            <numerusform>about %n hours at your pace</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ReviewNotices</name>
    <message numerus="yes">
        <source>The library has %n videos, but no face was found so far.</source>
        <translation>
            <numerusform>The library has %n video, but no face was found so far.</numerusform>
            <numerusform>The library has %n videos, but no face was found so far.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n faces are pending.</source>
        <translation>
            <numerusform>%n face is pending.</numerusform>
            <numerusform>%n faces are pending.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Check %n automatic matches</source>
        <translation>
            <numerusform>Check %n automatic match</numerusform>
            <numerusform>Check %n automatic matches</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>StatusBar</name>
    <message numerus="yes">
        <source>%n unsaved</source>
        <translation>
            <numerusform>%n unsaved</numerusform>
            <numerusform>%n unsaved</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SuggestionPanel</name>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
</context>
</TS>
